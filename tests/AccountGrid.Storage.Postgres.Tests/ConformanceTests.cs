using AccountGrid.Conformance;

namespace AccountGrid.Storage.Postgres.Tests;

/// <summary>The suites that every store passes.</summary>
public static class ConformanceTests
{
    public sealed class Journal() : JournalSuite(new PostgresFixture());

    public sealed class Index() : IndexSuite(new PostgresFixture());

    public sealed class HarmLog() : HarmLogSuite(new PostgresFixture());

    public sealed class Ledger() : LedgerSuite(new PostgresFixture());

    public sealed class Reconciler() : ReconcilerSuite(new PostgresFixture());

    public sealed class Feed() : FeedSuite(new PostgresFixture());

    public sealed class Audit() : AuditSuite(new PostgresFixture());

    public sealed class Checkpoints() : CheckpointSuite(new PostgresFixture());

    public sealed class Macs() : MacSuite(new PostgresFixture());

    public sealed class Tamperings() : TamperSuite(new PostgresFixture());

    public sealed class Derived() : DerivedSuite(new PostgresFixture());

    public sealed class Transfer() : TransferSuite(new PostgresFixture(), new PostgresFixture());
}
