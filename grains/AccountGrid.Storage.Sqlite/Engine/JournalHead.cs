namespace AccountGrid.Storage.Sqlite;

/// <summary>The last position of the journal; found at the end of the key, without a scan.</summary>
internal static class JournalHead
{
    public static long Read(Database database)
    {
        using var row = database.Use("SELECT max(position) FROM journal");
        return row.Step() ? row.Int64(0) : 0;
    }
}
