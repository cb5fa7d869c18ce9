using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Commands on accounts. Authority is not checked here: the domain decides, and the journal records the refusal.
/// </summary>
internal sealed partial class AccountServiceV1
{
    /// <inheritdoc/>
    public override async Task<V1.DeactivateAccountResponse> DeactivateAccount(
        V1.DeactivateAccountRequest request, ServerCallContext context)
    {
        var kind = request.Owner ? HarmKind.OwnerDeactivate : HarmKind.Deactivate;
        var answer = await HarmAsync(kind, request, until: null, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.SuspendAccountResponse> SuspendAccount(
        V1.SuspendAccountRequest request, ServerCallContext context)
    {
        var answer = await HarmAsync(HarmKind.Suspend, request, request.Until, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.ChangeSuspensionResponse> ChangeSuspension(
        V1.ChangeSuspensionRequest request, ServerCallContext context)
    {
        var answer =
            await HarmAsync(HarmKind.ChangeSuspension, request, request.Until, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.EraseAccountResponse> EraseAccount(
        V1.EraseAccountRequest request, ServerCallContext context)
    {
        var answer = await HarmAsync(HarmKind.Erase, request, until: null, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.UnprotectAccountResponse> UnprotectAccount(
        V1.UnprotectAccountRequest request, ServerCallContext context)
    {
        var answer = await HarmAsync(HarmKind.Unprotect, request, until: null, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.RestoreAccountResponse> RestoreAccount(
        V1.RestoreAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var kinds = ImmutableArray.CreateBuilder<HoldKind>(request.Kinds.Count);
        foreach (var kind in request.Kinds)
        {
            if (Enums.HoldKinds.FromProto(kind) is not { } known)
            {
                checks.Add("kinds", $"must be some of {Enums.HoldKinds.Names}");
                break;
            }

            if (!kinds.Contains(known))
            {
                kinds.Add(known);
            }
        }

        var (requestId, stateVersion) = Check(ref checks, request);
        checks.ThrowIfAny();
        var command = new CommandInput.Restore(
            request.Owner, kinds.ToImmutable(), request.Reason, request.Note, request.Ticket);
        var answer = await ExecuteAsync(request, command, requestId, stateVersion, context);
        return new() { Outcome = answer.Outcome, Account = answer.Account, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.ProtectAccountResponse> ProtectAccount(
        V1.ProtectAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var (requestId, stateVersion) = Check(ref checks, request);
        var reviewAt = checks.Time("reviewAt", request.ReviewAt);
        var owner = request.Owner.Length == 0 ? null : request.Owner;
        if (owner is not null)
        {
            checks.Operator("owner", owner);
        }

        checks.ThrowIfAny();
        var command = new CommandInput.Protect(owner, request.Reason, request.Note, request.Ticket, reviewAt);
        var answer = await ExecuteAsync(request, command, requestId, stateVersion, context);
        return new() { Outcome = answer.Outcome, Account = answer.Account, Preview = answer.Preview };
    }

    /// <inheritdoc/>
    public override async Task<V1.AllowFollowerLossResponse> AllowFollowerLoss(
        V1.AllowFollowerLossRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var (requestId, stateVersion) = Check(ref checks, request);
        var until = checks.Time("until", request.Until);
        checks.ThrowIfAny();
        var harm = new HarmInput(
            HarmKind.AllowFollowerLoss, request.Reason, request.Note, request.Ticket, until, At: null)
        {
            Followers = request.Followers,
        };
        var answer = await ExecuteAsync(
            request, new CommandInput.Harm(harm, DirectOnly: false), requestId, stateVersion, context);
        return new()
        {
            Outcome = answer.Outcome,
            Account = answer.Account,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.CloseFollowerLossResponse> CloseFollowerLoss(
        V1.CloseFollowerLossRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var (requestId, stateVersion) = Check(ref checks, request);
        checks.ThrowIfAny();
        var command = new CommandInput.CloseFollowerLoss(request.Reason, request.Note, request.Ticket);
        var answer = await ExecuteAsync(request, command, requestId, stateVersion, context);
        return new() { Outcome = answer.Outcome, Account = answer.Account, Preview = answer.Preview };
    }

    private Task<CommandAnswer> HarmAsync(
        HarmKind kind, V1.IHarmCommand request, Timestamp? until, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var (requestId, stateVersion) = Check(ref checks, request);
        var at = checks.Time("at", request.At);
        var end = checks.Time("until", until);
        checks.ThrowIfAny();
        var harm = new HarmInput(kind, request.Reason, request.Note, request.Ticket, end, at);
        return ExecuteAsync(
            request, new CommandInput.Harm(harm, request.DirectOnly), requestId, stateVersion, context);
    }

    private Task<CommandAnswer> ExecuteAsync(
        V1.IAccountCommand request, CommandInput command, string? requestId, long? stateVersion,
        ServerCallContext context) =>
        grains.AnswerAsync(request.Id, command, requestId, stateVersion, request.ValidateOnly, context);

    private static (string? RequestId, long? StateVersion) Check(ref FieldChecks checks, V1.IAccountCommand request)
    {
        checks.Id("id", request.Id);
        checks.Reason(request.Reason);
        checks.Note(request.Note);
        checks.Ticket(request.Ticket);
        return (checks.RequestId(request.RequestId), checks.Etag(request.Etag));
    }
}
