using AccountGrid.Application;
using AccountGrid.Domain;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// Registers accounts where the call arrives; the journal's fence decides between two that try at once.
/// </summary>
[StatelessWorker, Reentrant, GrainType("registrar")]
public sealed class RegistrarGrain(AccountRegistrar registrar) : Grain, IRegistrarGrain
{
    /// <inheritdoc />
    public Task<CommandReply> RegisterAsync(
        long id, string handle, CallerInfo caller, string? requestId, CancellationToken cancellationToken) =>
        AnswerAsync(id, caller, (account, verified) =>
            registrar.RegisterAsync(account, handle, verified, requestId, cancellationToken));

    /// <inheritdoc />
    public Task<CommandReply> ValidateAsync(
        long id, string handle, CallerInfo caller, string? requestId, CancellationToken cancellationToken) =>
        AnswerAsync(id, caller, (account, verified) =>
            registrar.ValidateAsync(account, handle, verified, requestId, cancellationToken));

    private static async Task<CommandReply> AnswerAsync(
        long id, CallerInfo caller, Func<AccountId, Caller, Task<AccountResult>> answer)
    {
        if (!AccountId.TryCreate(id, out var account))
        {
            return Refusal.Invalid("id", "must be from 1 to 9223372036854775807").ToReply();
        }

        if (caller.ToCaller() is not { } verified)
        {
            return CommandMapping.InvalidSubject.ToReply();
        }

        using var trace = caller.ContinueTrace();
        try
        {
            var result = await answer(account, verified);
            return new(result.Outcome, result.View.State.IsRegistered ? result.View.ToInfo() : null,
                result.ProposalSequence, result.Refusal?.ToInfo());
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is { } refusal)
        {
            return refusal.ToReply();
        }
    }
}
