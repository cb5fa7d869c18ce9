using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// Applies the follow batches of many accounts by one call of <c>followers_apply</c>, sorted by account and follower.
/// </summary>
internal sealed class FollowStatement : IBatchStatement<FollowOperation>
{
    private readonly NpgsqlCommand _command = new();
    private readonly StatementParameters.Column<long> _accounts;
    private readonly StatementParameters.Column<long> _instants;
    private readonly StatementParameters.Column<bool> _certain;
    private readonly StatementParameters.Column<long> _addAccount;
    private readonly StatementParameters.Column<long> _addFollower;
    private readonly StatementParameters.Column<long> _removeAccount;
    private readonly StatementParameters.Column<long> _removeFollower;

    public FollowStatement()
    {
        var parameters = new StatementParameters(_command);
        (_accounts, _instants, _certain) = (parameters.Add<long>(), parameters.Add<long>(), parameters.Add<bool>());
        (_addAccount, _addFollower) = (parameters.Add<long>(), parameters.Add<long>());
        (_removeAccount, _removeFollower) = (parameters.Add<long>(), parameters.Add<long>());
        _command.CommandText = parameters.CallOf("followers_apply");
    }

    public Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _command.Connection = connection;
        return _command.PrepareAsync(cancellationToken);
    }

    public void Bind(IReadOnlyList<FollowOperation> batch)
    {
        FollowOperation[] sorted = [.. batch];
        Array.Sort(sorted, static (x, y) => x.Account.Value.CompareTo(y.Account.Value));
        var (added, removed) = (new List<(long Account, long Follower)>(), new List<(long Account, long Follower)>());
        _accounts.Set(sorted, static o => o.Account.Value);
        _instants.Set(sorted, static o => Microseconds.Of(o.At));
        _certain.Set(sorted, o => o.AddEdges(added, removed));
        _addAccount.Set(added, static e => e.Account);
        _addFollower.Set(added, static e => e.Follower);
        _removeAccount.Set(removed, static e => e.Account);
        _removeFollower.Set(removed, static e => e.Follower);
    }

    public async Task<long> ExecuteAsync(IReadOnlyList<FollowOperation> batch)
    {
        HashSet<(long Account, long Follower)>? moved;
        Dictionary<long, FollowerCount> counts;
        await using (var reader = await _command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            counts = Counts(reader);
            moved = reader.GetBoolean(4) ? null : Moved(reader);

            // Reads on to the end: only then has the server said that the transaction is committed.
            while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
            {
            }
        }

        foreach (var operation in batch)
        {
            operation.Answer(moved, counts[operation.Account.Value]);
        }

        return 0;
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private static Dictionary<long, FollowerCount> Counts(NpgsqlDataReader row)
    {
        var (accounts, counts) = (row.GetFieldValue<long[]>(0), row.GetFieldValue<long[]>(1));
        var (versions, instants) = (row.GetFieldValue<long[]>(2), row.GetFieldValue<long[]>(3));
        var found = new Dictionary<long, FollowerCount>(accounts.Length);
        for (var i = 0; i < accounts.Length; i++)
        {
            found.Add(accounts[i], new FollowerCount(counts[i], versions[i], StoredValues.Instant(instants[i])));
        }

        return found;
    }

    private static HashSet<(long Account, long Follower)> Moved(NpgsqlDataReader row) =>
        row.IsDBNull(5) ? [] : [.. row.GetFieldValue<long[]>(5).Zip(row.GetFieldValue<long[]>(6))];
}
