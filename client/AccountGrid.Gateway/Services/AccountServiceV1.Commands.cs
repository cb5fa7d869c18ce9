using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Commands on accounts. Who may do what is not asked here: the domain judges and the journal records it.</summary>
internal sealed partial class AccountServiceV1
{
    /// <inheritdoc/>
    public override async Task<V1.DeactivateAccountResponse> DeactivateAccount(V1.DeactivateAccountRequest request, ServerCallContext context)
    {
        var kind = request.Owner ? HarmKind.OwnerDeactivate : HarmKind.Deactivate;
        var fields = new HarmFields(
            kind, request.Id, request.Reason, request.Note, request.Ticket, request.RequestId, request.Etag, request.At, null, request.DirectOnly);
        var reply = await HarmAsync(fields, context);
        return new V1.DeactivateAccountResponse
        {
            Outcome = CommandMapping.OutcomeOf(reply),
            Account = CommandMapping.AccountOf(reply),
            Proposal = ProposalMapping.Of(reply),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.SuspendAccountResponse> SuspendAccount(V1.SuspendAccountRequest request, ServerCallContext context)
    {
        var fields = new HarmFields(
            HarmKind.Suspend, request.Id, request.Reason, request.Note, request.Ticket, request.RequestId, request.Etag, request.At, request.Until,
            request.DirectOnly);
        var reply = await HarmAsync(fields, context);
        return new V1.SuspendAccountResponse
        {
            Outcome = CommandMapping.OutcomeOf(reply),
            Account = CommandMapping.AccountOf(reply),
            Proposal = ProposalMapping.Of(reply),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.EraseAccountResponse> EraseAccount(V1.EraseAccountRequest request, ServerCallContext context)
    {
        var fields = new HarmFields(
            HarmKind.Erase, request.Id, request.Reason, request.Note, request.Ticket, request.RequestId, request.Etag, request.At, null, request.DirectOnly);
        var reply = await HarmAsync(fields, context);
        return new V1.EraseAccountResponse
        {
            Outcome = CommandMapping.OutcomeOf(reply),
            Account = CommandMapping.AccountOf(reply),
            Proposal = ProposalMapping.Of(reply),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.UnprotectAccountResponse> UnprotectAccount(V1.UnprotectAccountRequest request, ServerCallContext context)
    {
        var fields = new HarmFields(
            HarmKind.Unprotect, request.Id, request.Reason, request.Note, request.Ticket, request.RequestId, request.Etag, request.At, null,
            request.DirectOnly);
        var reply = await HarmAsync(fields, context);
        return new V1.UnprotectAccountResponse
        {
            Outcome = CommandMapping.OutcomeOf(reply),
            Account = CommandMapping.AccountOf(reply),
            Proposal = ProposalMapping.Of(reply),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.RestoreAccountResponse> RestoreAccount(V1.RestoreAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var kinds = ImmutableArray.CreateBuilder<HoldKind>(request.Kinds.Count);
        foreach (var kind in request.Kinds)
        {
            if (AccountMapping.FromProto(kind) is not { } known)
            {
                checks.Add("kinds", "must be some of OWNER_DEACTIVATION, STAFF_DEACTIVATION, SUSPENSION");
                break;
            }

            if (!kinds.Contains(known))
            {
                kinds.Add(known);
            }
        }

        Common(ref checks, request.Id, request.Reason, request.Note, request.Ticket);
        var requestId = checks.RequestId(request.RequestId);
        var etag = checks.Etag(request.Etag);
        checks.ThrowIfAny();
        var command = new CommandInput.Restore(request.Owner, kinds.ToImmutable(), request.Reason, request.Note, request.Ticket);
        var reply = await grains.ExecuteAsync(request.Id, command, context.Commander(), requestId, etag, context.CancellationToken);
        return new V1.RestoreAccountResponse { Outcome = CommandMapping.OutcomeOf(reply), Account = CommandMapping.AccountOf(reply) };
    }

    /// <inheritdoc/>
    public override async Task<V1.ProtectAccountResponse> ProtectAccount(V1.ProtectAccountRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        Common(ref checks, request.Id, request.Reason, request.Note, request.Ticket);
        var requestId = checks.RequestId(request.RequestId);
        var etag = checks.Etag(request.Etag);
        var reviewAt = checks.Time("reviewAt", request.ReviewAt);
        if (request.Owner.Length > 0)
        {
            checks.Operator("owner", request.Owner);
        }

        checks.ThrowIfAny();
        var command = new CommandInput.Protect(request.Owner.Length == 0 ? null : request.Owner, request.Reason, request.Note, request.Ticket, reviewAt);
        var reply = await grains.ExecuteAsync(request.Id, command, context.Commander(), requestId, etag, context.CancellationToken);
        return new V1.ProtectAccountResponse { Outcome = CommandMapping.OutcomeOf(reply), Account = CommandMapping.AccountOf(reply) };
    }

    private Task<CommandReply> HarmAsync(HarmFields fields, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        Common(ref checks, fields.Id, fields.Reason, fields.Note, fields.Ticket);
        var requestId = checks.RequestId(fields.RequestId);
        var etag = checks.Etag(fields.Etag);
        var at = checks.Time("at", fields.At);
        var until = checks.Time("until", fields.Until);
        checks.ThrowIfAny();
        var command = new CommandInput.Harm(new HarmInput(fields.Kind, fields.Reason, fields.Note, fields.Ticket, until, at), fields.DirectOnly);
        return grains.ExecuteAsync(fields.Id, command, context.Commander(), requestId, etag, context.CancellationToken);
    }

    private static void Common(ref FieldChecks checks, long id, string reason, string note, string ticket)
    {
        checks.Id("id", id);
        checks.Reason(reason);
        checks.Note(note);
        checks.Ticket(ticket);
    }

    /// <summary>What the four harmful requests have in common.</summary>
    private readonly record struct HarmFields(
        HarmKind Kind,
        long Id,
        string Reason,
        string Note,
        string Ticket,
        string RequestId,
        string Etag,
        Timestamp? At,
        Timestamp? Until,
        bool DirectOnly);
}
