using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Storage.Sqlite;

/// <summary>
/// How an entry stands in a row. Lossless in both directions for every entry that the domain can make.
/// </summary>
internal static class JournalRow
{
    /// <summary>The columns that <see cref="Read"/> expects, in order.</summary>
    public const string Columns =
        "position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id, request_digest, hash, mac";

    public const string Insert =
        $"INSERT INTO journal ({Columns}, harm_by, harm_approved_by, harm_reach) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    public static void Bind(Statement statement, long position, PendingEntry pending)
    {
        var entry = pending.Entry;
        statement.With(position).With(entry.Stream.Value).With(entry.Sequence).With(Microseconds.Of(entry.At))
            .With((long)entry.Actor.Kind).With(entry.Actor.Subject).With(entry.Type).With(entry.TypeVersion).With(
                entry.Payload.Span);
        BindHex(statement, entry.TraceId.Length == 0 ? null : entry.TraceId, digits: 32);
        BindUuid(statement, entry.RequestId);
        BindHex(statement, entry.RequestDigest, digits: 64);
        statement.With(entry.Hash.Span);
        if (pending.Mac.IsEmpty)
        {
            statement.WithNull();
        }
        else
        {
            statement.With(pending.Mac.Span);
        }

        statement.With(pending.Harm?.ByText).With(pending.Harm?.ApprovedBy?.Value).With(pending.Harm?.Reach);
    }

    /// <summary>Reads the current row.</summary>
    /// <exception cref="JournalDamagedException">The row's stream is no name that a stream can have.</exception>
    public static CommittedEntry Read(Statement row)
    {
        var position = row.Int64(0);
        var stream = StoredValues.StreamAt(position, row.Text(1));
        return new CommittedEntry(position, new JournalEntry(
            stream, row.Int64(2), StoredValues.Instant(row.Int64(3)), new Actor((ActorKind)row.Int64(4), row.Text(5)),
            row.Text(6),
            (int)row.Int64(7), row.Bytes(8), ReadHex(row, 9)
                ?? "", ReadUuid(row, 10), ReadHex(row, 11), row.Bytes(12)))
        {
            Mac = row.IsNull(13) ? default : row.Bytes(13),
        };
    }

    private static void BindHex(Statement statement, string? text, int digits)
    {
        if (text?.Length == digits && text.All(static c => char.IsAsciiHexDigitLower(c)))
        {
            statement.With(Convert.FromHexString(text));
        }
        else
        {
            statement.With(text);
        }
    }

    private static string? ReadHex(Statement row, int column) =>
        row.IsNull(column) ? null : row.IsBlob(column) ? Convert.ToHexStringLower(row.Bytes(column)) : row.Text(column);

    // Request ids are free text; most clients send a UUID, which is less than half as long in bytes.
    private static void BindUuid(Statement statement, string? text)
    {
        if (text?.Length == 36 && Guid.TryParseExact(text, "D", out var uuid)
            && string.Equals(uuid.ToString("D"), text, StringComparison.Ordinal))
        {
            Span<byte> bytes = stackalloc byte[16];
            uuid.TryWriteBytes(bytes, bigEndian: true, out _);
            statement.With(bytes);
        }
        else
        {
            statement.With(text);
        }
    }

    private static string? ReadUuid(Statement row, int column)
    {
        if (row.IsNull(column))
        {
            return null;
        }

        if (!row.IsBlob(column))
        {
            return row.Text(column);
        }

        var bytes = row.Bytes(column);
        return bytes.Length == 16 ? new Guid(bytes, bigEndian: true).ToString("D") : Convert.ToHexStringLower(bytes);
    }
}
