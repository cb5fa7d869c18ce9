using System.Collections.Frozen;
using AccountGrid.Domain;

namespace AccountGrid.Gateway.Auth;

/// <summary>The roles that each method needs. A method that is missing here fails the start.</summary>
internal static class MethodPolicies
{
    private static readonly MethodPolicy Domain = new(Roles.None, Kind: RequestKind.Command);
    private static readonly MethodPolicy Healing = new(Roles.None, IsHealing: true, Kind: RequestKind.Command);
    private static readonly MethodPolicy Registrar = new(Roles.MayRegister, Kind: RequestKind.Command);
    private static readonly MethodPolicy Follow = new(Roles.MayWriteFollowers, Kind: RequestKind.Follow);
    private static readonly MethodPolicy Reader = new(Roles.MayRead | Roles.Staff);
    private static readonly MethodPolicy PublicReader = new(Roles.MayRead);
    private static readonly MethodPolicy Staff = new(Roles.Staff);
    private static readonly MethodPolicy Auditor = new(Roles.Auditor);

    /// <summary>Event streams, over gRPC and as server-sent events.</summary>
    public static MethodPolicy WatchEvents { get; } = new(Roles.MayRead | Roles.Staff, Time: TimeLimit.Stream);

    /// <summary>Ingest, over gRPC and as NDJSON.</summary>
    public static MethodPolicy IngestFollows { get; } = new(
        Roles.MayWriteFollowers, Time: TimeLimit.Stream, Kind: RequestKind.Follow);

    private static readonly FrozenDictionary<string, MethodPolicy> ByMethod = new Dictionary<string, MethodPolicy>
    {
        ["AccountService.RegisterAccount"] = Registrar,
        ["AccountService.GetAccount"] = Reader,
        ["AccountService.GetPublicAccount"] = PublicReader,
        ["AccountService.BatchGetAccounts"] = Reader,
        ["AccountService.ListAccounts"] = Reader,
        ["AccountService.DeactivateAccount"] = Domain,
        ["AccountService.SuspendAccount"] = Domain,
        ["AccountService.ChangeSuspension"] = Domain,
        ["AccountService.RestoreAccount"] = Healing,
        ["AccountService.EraseAccount"] = Domain,
        ["AccountService.ProtectAccount"] = Healing,
        ["AccountService.UnprotectAccount"] = Domain,
        ["AccountService.AllowFollowerLoss"] = Domain,
        ["AccountService.CloseFollowerLoss"] = Healing,
        ["AccountService.ListJournalEntries"] = Staff,
        ["AccountService.ListIncidents"] = Staff,
        ["AccountService.ListAccountActions"] = Staff,
        ["FollowerService.PutFollower"] = Follow,
        ["FollowerService.DeleteFollower"] = Follow,
        ["FollowerService.IngestFollows"] = IngestFollows,
        ["ProposalService.ListProposals"] = Staff,
        ["ProposalService.ApproveProposal"] = Domain,
        ["ProposalService.RejectProposal"] = Healing,
        ["ProposalService.WithdrawProposal"] = Healing,
        ["OperatorService.ListOperators"] = Staff,
        ["OperatorService.GetOperator"] = Staff,
        ["OperatorService.ListOperatorActions"] = Staff,
        ["OperatorService.EnrollOperator"] = Domain,
        ["OperatorService.OffboardOperator"] = Domain,
        ["OperatorService.UndoOperator"] = new(Roles.Support, IsHealing: true, TimeLimit.Long, RequestKind.Command),
        ["OperatorService.UndoService"] = new(Roles.Support, IsHealing: true, TimeLimit.Long, RequestKind.Command),
        ["BrakeService.GetBrake"] = Staff,
        ["BrakeService.ReleaseBrake"] = Domain,
        ["PolicyService.GetPolicy"] = Staff,
        ["PolicyService.DiffPolicy"] = Staff,
        ["PolicyService.ProposePolicy"] = Domain,
        ["PolicyService.ApprovePolicy"] = Domain,
        ["PolicyService.RejectPolicy"] = Healing,
        ["PolicyService.WithdrawPolicy"] = Healing,
        ["AuditService.ListAuditEntries"] = Auditor,
        ["AuditService.VerifyAudit"] = new(Roles.Auditor, Time: TimeLimit.Long),
        ["AuditService.ListCheckpoints"] = Auditor,
        ["EventService.WatchEvents"] = WatchEvents,
        ["TraceService.GetTrace"] = Staff,
        ["TraceService.ListTraces"] = Staff,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The policy of a method such as <c>AccountService.GetAccount</c>.</summary>
    /// <exception cref="InvalidOperationException">The method is missing in the table.</exception>
    public static MethodPolicy Of(string method) =>
        ByMethod.TryGetValue(method, out var policy)
            ? policy
            : throw new InvalidOperationException($"{method} has no policy in {nameof(MethodPolicies)}.");
}
