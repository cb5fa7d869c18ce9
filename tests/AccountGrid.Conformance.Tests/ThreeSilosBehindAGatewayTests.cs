using AccountGrid.Conformance.Wire;

namespace AccountGrid.Conformance.Tests;

/// <summary>The wire contract, kept by a cluster behind a gateway process.</summary>
public static class ThreeSilosBehindAGatewayTests
{
    public sealed class Reads(ThreeSilosBehindAGateway topology) : ReadSuite(topology);

    public sealed class Holds(ThreeSilosBehindAGateway topology) : HoldSuite(topology);

    public sealed class Protection(ThreeSilosBehindAGateway topology) : ProtectionSuite(topology);

    public sealed class Losses(ThreeSilosBehindAGateway topology) : LossSuite(topology);

    public sealed class Proposals(ThreeSilosBehindAGateway topology) : ProposalSuite(topology);

    public sealed class Repetitions(ThreeSilosBehindAGateway topology) : RepetitionSuite(topology);

    public sealed class Followers(ThreeSilosBehindAGateway topology) : FollowerSuite(topology);

    public sealed class History(ThreeSilosBehindAGateway topology) : HistorySuite(topology);

    public sealed class Operators(ThreeSilosBehindAGateway topology) : OperatorSuite(topology);

    public sealed class Policy(ThreeSilosBehindAGateway topology) : PolicySuite(topology);

    public sealed class Budgets(ThreeSilosBehindAGateway topology) : BudgetSuite(topology);

    public sealed class Brake(ThreeSilosBehindAGateway topology) : BrakeSuite(topology);

    public sealed class Validation(ThreeSilosBehindAGateway topology) : ValidationSuite(topology);

    public sealed class Undo(ThreeSilosBehindAGateway topology) : UndoSuite(topology);

    public sealed class Evidence(ThreeSilosBehindAGateway topology) : EvidenceSuite(topology);

    public sealed class Watches(ThreeSilosBehindAGateway topology) : WatchSuite(topology);

    public sealed class Errors(ThreeSilosBehindAGateway topology) : ErrorSuite(topology);

    public sealed class Access(ThreeSilosBehindAGateway topology) : AccessSuite(topology);

    public sealed class Disclosure(ThreeSilosBehindAGateway topology) : DisclosureSuite(topology);

    public sealed class Surface(ThreeSilosBehindAGateway topology) : SurfaceSuite(topology);
}
