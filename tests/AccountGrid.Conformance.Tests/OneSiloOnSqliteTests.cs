using AccountGrid.Conformance.Wire;

namespace AccountGrid.Conformance.Tests;

/// <summary>The wire contract, kept by the embedded default.</summary>
public static class OneSiloOnSqliteTests
{
    public sealed class Reads(OneSiloOnSqlite topology) : ReadSuite(topology);

    public sealed class Holds(OneSiloOnSqlite topology) : HoldSuite(topology);

    public sealed class Protection(OneSiloOnSqlite topology) : ProtectionSuite(topology);

    public sealed class Losses(OneSiloOnSqlite topology) : LossSuite(topology);

    public sealed class Proposals(OneSiloOnSqlite topology) : ProposalSuite(topology);

    public sealed class Repetitions(OneSiloOnSqlite topology) : RepetitionSuite(topology);

    public sealed class Followers(OneSiloOnSqlite topology) : FollowerSuite(topology);

    public sealed class History(OneSiloOnSqlite topology) : HistorySuite(topology);

    public sealed class Operators(OneSiloOnSqlite topology) : OperatorSuite(topology);

    public sealed class Policy(OneSiloOnSqlite topology) : PolicySuite(topology);

    public sealed class Budgets(OneSiloOnSqlite topology) : BudgetSuite(topology);

    public sealed class Brake(OneSiloOnSqlite topology) : BrakeSuite(topology);

    public sealed class Validation(OneSiloOnSqlite topology) : ValidationSuite(topology);

    public sealed class Undo(OneSiloOnSqlite topology) : UndoSuite(topology);

    public sealed class Evidence(OneSiloOnSqlite topology) : EvidenceSuite(topology);

    public sealed class Watches(OneSiloOnSqlite topology) : WatchSuite(topology);

    public sealed class Errors(OneSiloOnSqlite topology) : ErrorSuite(topology);

    public sealed class Access(OneSiloOnSqlite topology) : AccessSuite(topology);

    public sealed class Disclosure(OneSiloOnSqlite topology) : DisclosureSuite(topology);

    public sealed class Surface(OneSiloOnSqlite topology) : SurfaceSuite(topology);
}
