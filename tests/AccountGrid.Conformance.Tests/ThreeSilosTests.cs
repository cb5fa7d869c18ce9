using AccountGrid.Conformance.Wire;

namespace AccountGrid.Conformance.Tests;

/// <summary>The wire contract, kept by a cluster whichever silo is asked.</summary>
public static class ThreeSilosTests
{
    public sealed class Reads(ThreeSilos topology) : ReadSuite(topology);

    public sealed class Holds(ThreeSilos topology) : HoldSuite(topology);

    public sealed class Protection(ThreeSilos topology) : ProtectionSuite(topology);

    public sealed class Losses(ThreeSilos topology) : LossSuite(topology);

    public sealed class Proposals(ThreeSilos topology) : ProposalSuite(topology);

    public sealed class Repetitions(ThreeSilos topology) : RepetitionSuite(topology);

    public sealed class Followers(ThreeSilos topology) : FollowerSuite(topology);

    public sealed class History(ThreeSilos topology) : HistorySuite(topology);

    public sealed class Operators(ThreeSilos topology) : OperatorSuite(topology);

    public sealed class Policy(ThreeSilos topology) : PolicySuite(topology);

    public sealed class Budgets(ThreeSilos topology) : BudgetSuite(topology);

    public sealed class Brake(ThreeSilos topology) : BrakeSuite(topology);

    public sealed class Validation(ThreeSilos topology) : ValidationSuite(topology);

    public sealed class Undo(ThreeSilos topology) : UndoSuite(topology);

    public sealed class Evidence(ThreeSilos topology) : EvidenceSuite(topology);

    public sealed class Watches(ThreeSilos topology) : WatchSuite(topology);

    public sealed class Errors(ThreeSilos topology) : ErrorSuite(topology);

    public sealed class Access(ThreeSilos topology) : AccessSuite(topology);

    public sealed class Disclosure(ThreeSilos topology) : DisclosureSuite(topology);

    public sealed class Surface(ThreeSilos topology) : SurfaceSuite(topology);
}
