using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>Appends to the journals of many streams by one call of <c>journal_append</c>, sorted by stream.</summary>
internal sealed class AppendStatement : IBatchStatement<AppendOperation>
{
    private readonly NpgsqlCommand _command = new();
    private readonly StreamColumns _streams;
    private readonly EntryColumns _entries;
    private readonly AccountColumns _accounts;
    private readonly OperatorColumns _operators;
    private AppendOperation[] _sorted = [];

    public AppendStatement()
    {
        var parameters = new StatementParameters(_command);
        (_streams, _entries, _accounts, _operators) =
            (new(parameters), new(parameters), new(parameters), new(parameters));
        _command.CommandText = parameters.CallOf("journal_append");
    }

    public Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        _command.Connection = connection;
        return _command.PrepareAsync(cancellationToken);
    }

    public void Bind(IReadOnlyList<AppendOperation> batch)
    {
        _sorted = [.. batch];
        Array.Sort(_sorted, static (x, y) => string.CompareOrdinal(x.Key, y.Key));
        var entries = new List<Entry>(_sorted.Length * 2);
        var accounts = new List<(int Append, StreamIndexRow.Account Row)>(_sorted.Length);
        var operators = new List<(int Append, StreamIndexRow.Operator Row)>();
        for (var i = 0; i < _sorted.Length; i++)
        {
            var append = _sorted[i].Append;
            foreach (var entry in append.Entries)
            {
                entries.Add(new Entry(i + 1, entry.Entry, entry.Harm, entry.Mac));
            }

            switch (append.Index)
            {
                case StreamIndexRow.Account account:
                    accounts.Add((i + 1, account));
                    break;
                case StreamIndexRow.Operator person:
                    operators.Add((i + 1, person));
                    break;
                case StreamIndexRow.None:
                    break;
                default:
                    throw new InvalidOperationException($"Unknown index row {append.Index.GetType().Name}.");
            }
        }

        _streams.Set(_sorted);
        _entries.Set(entries);
        _accounts.Set(accounts);
        _operators.Set(operators);
    }

    public async Task<long> ExecuteAsync(IReadOnlyList<AppendOperation> batch)
    {
        bool[] fits;
        long head;
        await using (var reader = await _command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            (fits, head) = (reader.GetFieldValue<bool[]>(0), reader.GetInt64(1));

            // Reads on to the end: only then has the server said that the transaction is committed.
            while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
            {
            }
        }

        for (var i = 0; i < fits.Length; i++)
        {
            _sorted[i].Result = fits[i] ? AppendResult.Appended : AppendResult.Conflict;
        }

        return Array.IndexOf(fits, true) >= 0 ? head : 0;
    }

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private readonly record struct Entry(
        int Append, JournalEntry Value, BudgetMark? Harm, ReadOnlyMemory<byte> Mac);

    private sealed class StreamColumns(StatementParameters parameters)
    {
        private readonly StatementParameters.Column<string> _stream = parameters.Add<string>();
        private readonly StatementParameters.Column<long> _expected = parameters.Add<long>();

        public void Set(IReadOnlyList<AppendOperation> appends)
        {
            _stream.Set(appends, static a => a.Key);
            _expected.Set(appends, static a => a.Append.ExpectedVersion);
        }
    }

    private sealed class EntryColumns(StatementParameters parameters)
    {
        private readonly StatementParameters.Column<int> _append = parameters.Add<int>();
        private readonly StatementParameters.Column<long> _sequence = parameters.Add<long>();
        private readonly StatementParameters.Column<long> _at = parameters.Add<long>();
        private readonly StatementParameters.Column<short> _actorKind = parameters.Add<short>();
        private readonly StatementParameters.Column<string> _actor = parameters.Add<string>();
        private readonly StatementParameters.Column<string> _type = parameters.Add<string>();
        private readonly StatementParameters.Column<int> _typeVersion = parameters.Add<int>();
        private readonly StatementParameters.Column<byte[]> _payload = parameters.Add<byte[]>();
        private readonly StatementParameters.Column<byte[]?> _traceId = parameters.Add<byte[]?>();
        private readonly StatementParameters.Column<byte[]?> _requestId = parameters.Add<byte[]?>();
        private readonly StatementParameters.Column<byte[]?> _requestDigest = parameters.Add<byte[]?>();
        private readonly StatementParameters.Column<byte[]> _hash = parameters.Add<byte[]>();
        private readonly StatementParameters.Column<string?> _harmBy = parameters.Add<string?>();
        private readonly StatementParameters.Column<string?> _harmApprovedBy = parameters.Add<string?>();
        private readonly StatementParameters.Column<long?> _harmReach = parameters.Add<long?>();
        private readonly StatementParameters.Column<byte[]?> _mac = parameters.Add<byte[]?>();

        public void Set(IReadOnlyList<Entry> entries)
        {
            _append.Set(entries, static e => e.Append);
            _sequence.Set(entries, static e => e.Value.Sequence);
            _at.Set(entries, static e => Microseconds.Of(e.Value.At));
            _actorKind.Set(entries, static e => (short)e.Value.Actor.Kind);
            _actor.Set(entries, static e => StoredText.Escape(e.Value.Actor.Subject));
            _type.Set(entries, static e => StoredText.Escape(e.Value.Type));
            _typeVersion.Set(entries, static e => e.Value.TypeVersion);
            _payload.Set(entries, static e => StatementParameters.Bytes(e.Value.Payload));
            _traceId.Set(entries, static e => e.Value.TraceId.Length == 0 ? null : StoredText.Pack(e.Value.TraceId));
            _requestId.Set(entries, static e => StoredText.Pack(e.Value.RequestId));
            _requestDigest.Set(entries, static e => StoredText.Pack(e.Value.RequestDigest));
            _hash.Set(entries, static e => StatementParameters.Bytes(e.Value.Hash));
            _harmBy.Set(entries, static e => e.Harm?.ByText);
            _harmApprovedBy.Set(entries, static e => e.Harm?.ApprovedBy?.Value);
            _harmReach.Set(entries, static e => e.Harm?.Reach);
            _mac.Set(entries, static e => e.Mac.IsEmpty ? null : StatementParameters.Bytes(e.Mac));
        }
    }

    private sealed class AccountColumns(StatementParameters parameters)
    {
        private readonly StatementParameters.Column<int> _append = parameters.Add<int>();
        private readonly StatementParameters.Column<long> _id = parameters.Add<long>();
        private readonly StatementParameters.Column<long> _version = parameters.Add<long>();
        private readonly StatementParameters.Column<string> _handle = parameters.Add<string>();
        private readonly StatementParameters.Column<short> _status = parameters.Add<short>();
        private readonly StatementParameters.Column<bool> _designated = parameters.Add<bool>();
        private readonly StatementParameters.Column<long?> _proposal = parameters.Add<long?>();
        private readonly StatementParameters.Column<string?> _proposedBy = parameters.Add<string?>();
        private readonly StatementParameters.Column<long?> _dueAt = parameters.Add<long?>();

        public void Set(IReadOnlyList<(int Append, StreamIndexRow.Account Row)> rows)
        {
            _append.Set(rows, static r => r.Append);
            _id.Set(rows, static r => r.Row.Id.Value);
            _version.Set(rows, static r => r.Row.Version);
            _handle.Set(rows, static r => StoredText.Escape(r.Row.Handle));
            _status.Set(rows, static r => (short)r.Row.Status);
            _designated.Set(rows, static r => r.Row.Designated);
            _proposal.Set(rows, static r => r.Row.ProposalSequence);
            _proposedBy.Set(rows, static r => r.Row.ProposedBy?.Value);
            _dueAt.Set(rows, static r => r.Row.DueAt is { } due ? Microseconds.Of(due) : null);
        }
    }

    private sealed class OperatorColumns(StatementParameters parameters)
    {
        private readonly StatementParameters.Column<int> _append = parameters.Add<int>();
        private readonly StatementParameters.Column<string> _id = parameters.Add<string>();
        private readonly StatementParameters.Column<long> _version = parameters.Add<long>();
        private readonly StatementParameters.Column<bool> _freezePending = parameters.Add<bool>();

        public void Set(IReadOnlyList<(int Append, StreamIndexRow.Operator Row)> rows)
        {
            _append.Set(rows, static r => r.Append);
            _id.Set(rows, static r => r.Row.Id.Value);
            _version.Set(rows, static r => r.Row.Version);
            _freezePending.Set(rows, static r => r.Row.FreezePending);
        }
    }
}
