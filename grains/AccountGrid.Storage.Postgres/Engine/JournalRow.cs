using AccountGrid.Application;
using AccountGrid.Domain;
using Npgsql;

namespace AccountGrid.Storage.Postgres;

/// <summary>How an entry is read from a row.</summary>
internal static class JournalRow
{
    /// <summary>The columns that <see cref="Read"/> expects, in order.</summary>
    public const string Columns =
        "position, stream, sequence, at, actor_kind, actor, type, type_version, payload, trace_id, request_id, request_digest, hash, mac";

    /// <summary>Reads the current row.</summary>
    /// <exception cref="JournalDamagedException">The row's stream is no name that a stream can have.</exception>
    public static CommittedEntry Read(NpgsqlDataReader row)
    {
        var position = row.GetInt64(0);
        var stream = StoredValues.StreamAt(position, row.GetString(1));
        var actor = new Actor((ActorKind)row.GetInt16(4), StoredText.Unescape(row.GetString(5)));
        return new CommittedEntry(position, new JournalEntry(
            stream, row.GetInt64(2), StoredValues.Instant(row.GetInt64(3)), actor,
            StoredText.Unescape(row.GetString(6)), row.GetInt32(7), row.GetFieldValue<byte[]>(8),
            Packed(row, 9) ?? "", Packed(row, 10), Packed(row, 11), row.GetFieldValue<byte[]>(12)))
        {
            Mac = row.IsDBNull(13) ? default : row.GetFieldValue<byte[]>(13),
        };
    }

    private static string? Packed(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : StoredText.Unpack(row.GetFieldValue<byte[]>(column));
}
