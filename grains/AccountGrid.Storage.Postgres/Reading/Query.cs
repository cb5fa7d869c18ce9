using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>A read: its text, what it is called in an error, and how a row becomes a value.</summary>
/// <param name="What">What it is called in an error.</param>
/// <param name="Sql">Its text; the parameters are <c>$1</c> and so on.</param>
/// <param name="Row">Reads the current row.</param>
internal sealed record Query<T>(string What, string Sql, Func<NpgsqlDataReader, T> Row)
{
    /// <summary>
    /// Whether it is prepared once per connection: right where one plan fits every value. Listings whose plan depends
    /// on what is asked for are planned anew each time.
    /// </summary>
    public bool Prepared { get; init; } = true;

    /// <summary>Whether only the caller's cancellation limits its time. Default false.</summary>
    public bool HasNoTimeout { get; init; }
}
