using AccountGrid.Conformance.Wire;

namespace AccountGrid.Conformance.Tests;

/// <summary>The wire contract, kept by one silo on PostgreSQL.</summary>
public static class OneSiloOnPostgresTests
{
    public sealed class Reads(OneSiloOnPostgres topology) : ReadSuite(topology);

    public sealed class Holds(OneSiloOnPostgres topology) : HoldSuite(topology);

    public sealed class Protection(OneSiloOnPostgres topology) : ProtectionSuite(topology);

    public sealed class Losses(OneSiloOnPostgres topology) : LossSuite(topology);

    public sealed class Proposals(OneSiloOnPostgres topology) : ProposalSuite(topology);

    public sealed class Repetitions(OneSiloOnPostgres topology) : RepetitionSuite(topology);

    public sealed class Followers(OneSiloOnPostgres topology) : FollowerSuite(topology);

    public sealed class History(OneSiloOnPostgres topology) : HistorySuite(topology);

    public sealed class Operators(OneSiloOnPostgres topology) : OperatorSuite(topology);

    public sealed class Policy(OneSiloOnPostgres topology) : PolicySuite(topology);

    public sealed class Budgets(OneSiloOnPostgres topology) : BudgetSuite(topology);

    public sealed class Brake(OneSiloOnPostgres topology) : BrakeSuite(topology);

    public sealed class Validation(OneSiloOnPostgres topology) : ValidationSuite(topology);

    public sealed class Undo(OneSiloOnPostgres topology) : UndoSuite(topology);

    public sealed class Evidence(OneSiloOnPostgres topology) : EvidenceSuite(topology);

    public sealed class Watches(OneSiloOnPostgres topology) : WatchSuite(topology);

    public sealed class Errors(OneSiloOnPostgres topology) : ErrorSuite(topology);

    public sealed class Access(OneSiloOnPostgres topology) : AccessSuite(topology);

    public sealed class Disclosure(OneSiloOnPostgres topology) : DisclosureSuite(topology);

    public sealed class Surface(OneSiloOnPostgres topology) : SurfaceSuite(topology);
}
