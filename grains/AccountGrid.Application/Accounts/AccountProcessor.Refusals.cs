using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <content>How refused attempts are counted that have no entries of their own.</content>
public sealed partial class AccountProcessor
{
    /// <summary>Made with the first one that is counted.</summary>
    private RefusedAttempts? _refused;
    private Task? _summingUp;

    /// <summary>
    /// Makes an entry for each caller of refused attempts that were counted, which tells their number. To be called
    /// before this instance ends; what cannot be written is lost.
    /// </summary>
    public async Task SumUpRefusalsAsync()
    {
        foreach (var caller in _refused?.Callers() ?? [])
        {
            if (_refused?.Of(caller) is not { } attempts || IsFenced)
            {
                continue;
            }

            var command = new AccountCommand.SumUpRefusals(attempts.LastAttempt, attempts.LastRefusal);
            try
            {
                await RunAsync(new(command, new(caller, Roles.None)), reserved: true, CancellationToken.None);
            }
            catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException
                or JournalDamagedException or UnknownFormatException)
            {
                AccountLog.RefusalsNotSummedUp(_services.Log, e, Id, attempts.Counted.Count);
            }
        }
    }

    /// <summary>Starts to sum up what was counted when its window is over. Never fails.</summary>
    private void BeginSumUp()
    {
        if (_refused?.Since is { } since && _summingUp is null or { IsCompleted: true }
            && _services.Clock.GetUtcNow() - since >= Limits.RefusalWindow)
        {
            _summingUp = SumUpRefusalsAsync();
        }
    }

    private void NoteRefused(AccountRequest request, Situation situation, Decision decision)
    {
        var caller = request.Caller.Actor;
        if (decision is Decision.Refused { IsCounted: true } counted)
        {
            (_refused ??= new()).Add(caller, request.Command.Name, counted.Refusal, situation.Now);
        }
        else if (situation.Counted is { } told && EventsOf(decision) is [AccountEvent.AttemptRefused, ..])
        {
            _refused?.Remove(caller, told);
        }
    }
}
