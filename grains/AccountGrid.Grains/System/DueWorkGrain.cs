using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;
using Orleans.Placement;

namespace AccountGrid.Grains;

/// <summary>
/// Looks for work that no request triggers, and calls the accounts and operators that have some. Work stays in the
/// index until it is done, so a crash in the middle costs a delay and nothing else. An account that fails is tried
/// again later and does not hold up the others.
/// </summary>
[PreferLocalPlacement, GrainType("due-work")]
public sealed partial class DueWorkGrain(IStreamIndex index, TimeProvider clock, ILogger<DueWorkGrain> log) : Grain,
    IDueWorkGrain
{
    /// <summary>Accounts or people looked at in one round.</summary>
    private const int RoundSize = 512;

    /// <summary>Accounts woken at the same time.</summary>
    private const int Parallel = 16;

    private readonly Backoff _backoff = new(clock);
    private AccountGrains? _accounts;
    private readonly OneAtATime _work = new();
    private string _afterOperator = "";

    /// <inheritdoc />
    public Task TickAsync(CancellationToken cancellationToken) => _work.RunAsync(() => LookAsync(cancellationToken));

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _accounts ??= new AccountGrains(GrainFactory);
        try
        {
            await FireAsync(cancellationToken);
            await VisitOperatorsAsync(cancellationToken);
        }
        catch (Exception e) when (RefusalMapping.OfFailure(e) is not null)
        {
            IndexUnreadable(log, e);
        }
    }

    private async Task FireAsync(CancellationToken cancellationToken)
    {
        // What failed lately stands first in the list and is passed over, so the list must reach beyond it.
        var due = await index.ListDueAsync(clock.GetUtcNow(), RoundSize + _backoff.Count, cancellationToken);
        var ready = due.Where(a => _backoff.MayTry(StreamId.Of(a).Value)).Take(RoundSize);
        await InParallelAsync(
            ready, (account, token) =>
                AttemptAsync(StreamId.Of(account).Value, () => _accounts![account].FireDueAsync(token)),
                    cancellationToken);
    }

    private async Task VisitOperatorsAsync(CancellationToken cancellationToken)
    {
        // Page by page over the rounds: the work of most of them lies at a later end of their authority.
        var page = await index.ListOperatorsWithDueWorkAsync(_afterOperator, RoundSize, cancellationToken);
        _afterOperator = page.Length < RoundSize ? "" : page[^1].Value;
        foreach (var person in page)
        {
            var stream = StreamId.Of(person).Value;
            if (_backoff.MayTry(stream))
            {
                await AttemptAsync(stream, () => DoDueWorkOfAsync(person, stream, cancellationToken));
            }
        }
    }

    private async Task DoDueWorkOfAsync(OperatorId person, string stream, CancellationToken cancellationToken)
    {
        var record = GrainFactory.GetGrain<IOperatorGrain>(stream);
        var found = await record.GetAsync(cancellationToken);
        if (found.Proposal is not null)
        {
            await ExecuteAsync(new OperatorInput.FireDue());
        }

        if ((found.MustFreeze || found.FreezePending) && await FreezeAllOfAsync(person, cancellationToken))
        {
            await ExecuteAsync(new OperatorInput.ConfirmFrozen());
        }

        async Task ExecuteAsync(OperatorInput command)
        {
            if ((await record.ExecuteAsync(command, OperatorMapping.System, cancellationToken)).Refusal is { } refusal)
            {
                throw new GrainRefusedException(refusal);
            }
        }
    }

    /// <summary>Whether nothing of this person is pending any more.</summary>
    private async Task<bool> FreezeAllOfAsync(OperatorId person, CancellationToken cancellationToken)
    {
        var all = true;
        for (var after = 0L; ;)
        {
            var page = await index.ListProposalsAsync(person, after, RoundSize, cancellationToken);
            var frozen = await InParallelAsync(
                page,
                (proposal, token) =>
                    AttemptAsync(StreamId.Of(proposal.Account).Value,
                        () => _accounts![proposal.Account].FreezeAsync(person.Value, token)),
                cancellationToken);
            all &= frozen;
            if (page.Length < RoundSize)
            {
                return all;
            }

            after = page[^1].Account.Value;
        }
    }

    /// <summary>Runs the work over all items, a bounded number at a time, on this grain's thread.</summary>
    /// <returns>Whether all of it went well.</returns>
    private static async Task<bool> InParallelAsync<T>(
        IEnumerable<T> items, Func<T, CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        var all = true;
        foreach (var group in items.Chunk(Parallel))
        {
            cancellationToken.ThrowIfCancellationRequested();
            all &= (await Task.WhenAll(group.Select(item => work(item, cancellationToken)))).All(static done => done);
        }

        return all;
    }

    private async Task<bool> AttemptAsync(string stream, Func<Task> work)
    {
        try
        {
            await work();
            _backoff.Succeeded(stream);
            return true;
        }
        catch (Exception e) when (e is GrainRefusedException or TimeoutException or OrleansException)
        {
            Failed(log, e, stream, _backoff.Failed(stream));
            return false;
        }
    }

    [LoggerMessage(2301, LogLevel.Warning, "Due work of {Stream} failed; it is tried again in {Pause}.")]
    private static partial void Failed(ILogger logger, Exception exception, string stream, TimeSpan pause);

    [LoggerMessage(2302, LogLevel.Warning, "Due work could not be looked for; the next round tries again.")]
    private static partial void IndexUnreadable(ILogger logger, Exception exception);

    /// <summary>When a failed account or operator may be tried again: after 2, 4, 8 ... at most 64 seconds.</summary>
    private sealed class Backoff(TimeProvider clock)
    {
        /// <summary>Above this many, the oldest pauses are forgotten: that many failures have one cause.</summary>
        private const int Most = 4096;

        private readonly Dictionary<string, (int Failures, DateTimeOffset NotBefore)> _pauses =
            new(StringComparer.Ordinal);

        public int Count => _pauses.Count;

        public bool MayTry(string stream) =>
            !_pauses.TryGetValue(stream, out var pause) || pause.NotBefore <= clock.GetUtcNow();

        public void Succeeded(string stream) => _pauses.Remove(stream);

        public TimeSpan Failed(string stream)
        {
            if (_pauses.Count >= Most)
            {
                _pauses.Clear();
            }

            var failures = Math.Min(_pauses.GetValueOrDefault(stream).Failures + 1, 6);
            var wait = TimeSpan.FromSeconds(1 << failures);
            _pauses[stream] = (failures, clock.GetUtcNow() + wait);
            return wait;
        }
    }
}
