using AccountGrid.Conformance;

namespace AccountGrid.Storage.Sqlite.Tests;

/// <summary>The suites that every store passes.</summary>
public static class ConformanceTests
{
    public sealed class Journal() : JournalSuite(new SqliteFixture());

    public sealed class Index() : IndexSuite(new SqliteFixture());

    public sealed class HarmLog() : HarmLogSuite(new SqliteFixture());

    public sealed class Ledger() : LedgerSuite(new SqliteFixture());

    public sealed class Reconciler() : ReconcilerSuite(new SqliteFixture());

    public sealed class Feed() : FeedSuite(new SqliteFixture());

    public sealed class Audit() : AuditSuite(new SqliteFixture());

    public sealed class Checkpoints() : CheckpointSuite(new SqliteFixture());

    public sealed class Macs() : MacSuite(new SqliteFixture());

    public sealed class Tamperings() : TamperSuite(new SqliteFixture());

    public sealed class Derived() : DerivedSuite(new SqliteFixture());

    public sealed class Transfer() : TransferSuite(new SqliteFixture(), new SqliteFixture());
}
