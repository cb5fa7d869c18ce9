using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <content>What a command would come to.</content>
public sealed partial class AccountGrain
{
    /// <inheritdoc />
    public Task<PreviewReply> ValidateAsync(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion,
        CancellationToken cancellationToken)
    {
        var (request, malformed) = CommandMapping.ToRequest(command, caller, requestId, expectedStateVersion);
        return ValidateAsync(
            caller, malformed,
            async processor => ToReply(await processor.ValidateAsync(request!, cancellationToken)),
            static refusal => new(Outcome.Refused, null, null, null, null, refusal.ToInfo()), cancellationToken);
    }

    /// <inheritdoc />
    public Task<Answer<ActionList>> ListActionsAsync(CallerInfo caller, CancellationToken cancellationToken)
    {
        var verified = caller.ToCaller();
        return ValidateAsync(
            caller, verified is null ? CommandMapping.InvalidSubject : null,
            async processor =>
            {
                var (actions, refusal) = await processor.ListActionsAsync(verified!, cancellationToken);
                return refusal?.ToAnswer<ActionList>()
                    ?? new(new([.. actions.Select(static a => ToInfo(a.Name, a.Preview))]), null);
            },
            static refusal => refusal.ToAnswer<ActionList>(), cancellationToken);
    }

    /// <summary>What the processor answers, or why it cannot.</summary>
    private async Task<T> ValidateAsync<T>(
        CallerInfo caller, Refusal? malformed, Func<AccountProcessor, Task<T>> answer, Func<Refusal, T> refused,
        CancellationToken cancellationToken)
    {
        if (_processor is not { } processor)
        {
            return refused(Faulted());
        }

        if (malformed is not null)
        {
            return refused(malformed);
        }

        if (!IsCurrent(processor) && await CatchUpAsync(processor, cancellationToken) is { } behind)
        {
            return refused(behind);
        }

        using var trace = caller.ContinueTrace();
        try
        {
            return await answer(processor);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            Failed(e);
            return refused(refusal);
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
}
