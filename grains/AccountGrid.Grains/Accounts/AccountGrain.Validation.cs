using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <content>What a command would come to.</content>
public sealed partial class AccountGrain
{
    /// <inheritdoc />
    public async Task<PreviewReply> ValidateAsync(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion,
        CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return Refused(Faulted());
        }

        var (request, malformed) = CommandMapping.ToRequest(command, caller, requestId, expectedStateVersion);
        if (request is null)
        {
            return Refused(malformed!);
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, cancellationToken) is { } behind)
        {
            return Refused(behind);
        }

        using var trace = caller.ContinueTrace();
        try
        {
            return ToReply(await processor.ValidateAsync(request, cancellationToken));
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return Refused(refusal);
        }
        finally
        {
            AfterTurn(processor);
        }
    }

    /// <inheritdoc />
    public async Task<Answer<ActionList>> ListActionsAsync(CallerInfo caller, CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return Faulted().ToAnswer<ActionList>();
        }

        if (caller.ToCaller() is not { } verified)
        {
            return CommandMapping.InvalidSubject.ToAnswer<ActionList>();
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, cancellationToken) is { } behind)
        {
            return behind.ToAnswer<ActionList>();
        }

        using var trace = caller.ContinueTrace();
        try
        {
            var (actions, refusal) = await processor.ListActionsAsync(verified, cancellationToken);
            return refusal?.ToAnswer<ActionList>()
                ?? new(new([.. actions.Select(static a => ToInfo(a.Name, a.Preview))]), null);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return refusal.ToAnswer<ActionList>();
        }
        finally
        {
            AfterTurn(processor);
        }
    }

    private static ActionInfo ToInfo(string name, AccountPreview preview) => new(
        name, preview.Outcome,
        preview is { Outcome: Outcome.Pending, After.State.Proposal.State: ProposalState.Open },
        preview.Left?.ToInfo(), preview.Refusal?.ToInfo());

    private static PreviewReply ToReply(AccountPreview preview) => new(
        preview.Outcome, preview.View.State.IsRegistered ? preview.View.ToInfo() : null, preview.After?.ToInfo(),
        preview.ProposalSequence, preview.Left?.ToInfo(), preview.Refusal?.ToInfo());

    private static PreviewReply Refused(Refusal refusal) =>
        new(Outcome.Refused, null, null, null, null, refusal.ToInfo());
}
