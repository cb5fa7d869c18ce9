using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>Parameters by position.</summary>
internal static class Parameter
{
    public static NpgsqlParameter Of<T>(T value) => new NpgsqlParameter<T> { TypedValue = value };
}
