using AccountGrid.Application;

namespace AccountGrid.Storage.Postgres;

/// <summary>An append to one journal, with the stream's index row.</summary>
internal sealed class AppendOperation(JournalAppend append) : WriteOperation<AppendResult>, IKeyedWrite
{
    /// <summary>What to append.</summary>
    public JournalAppend Append => append;

    public string Key => append.Stream.Value;

    public override int Rows => append.Entries.Length + 1;

    public override string What => "Appending to a journal";
}
