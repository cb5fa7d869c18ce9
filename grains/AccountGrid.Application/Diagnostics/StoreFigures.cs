using System.Diagnostics.Metrics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// What the store knows of the whole cluster and every silo shows: who is down, how long evidence has waited for a
/// checkpoint, whether the store answers. Read by <see cref="SampleAsync"/> now and then and shown from memory, so that
/// a scrape asks no store. Thread-safe; one per silo.
/// </summary>
public sealed class StoreFigures
{
    /// <summary>How long the store may take to say that it is there.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly AccountStatus[] Statuses =
        [AccountStatus.Deactivated, AccountStatus.Suspended, AccountStatus.Erased];

    private readonly IStreamIndex _index;
    private readonly ICheckpointStore _checkpoints;
    private readonly IJournalFeed _feed;
    private readonly PolicyInForce _policy;
    private readonly TimeProvider _clock;
    private volatile Sample? _last;
    private volatile Answer? _answer;

    /// <summary>Makes the instruments; the factory owns the meter.</summary>
    public StoreFigures(
        IStreamIndex index, ICheckpointStore checkpoints, IJournalFeed feed, PolicyInForce policy, TimeProvider clock,
        IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        (_index, _checkpoints, _feed, _policy, _clock) = (index, checkpoints, feed, policy, clock);
        var meter = meters.Create(ApplicationDiagnostics.Name);
        meter.CreateObservableGauge("accountgrid.accounts.down", ObserveDown, "{account}",
            "Accounts that are down, in the whole cluster, by tier and status.");
        meter.CreateObservableGauge("accountgrid.checkpoint.age", ObserveAge, "s",
            "How long the oldest journal entry that no checkpoint covers has waited; 0 = all are covered.");
        meter.CreateObservableGauge(
            "accountgrid.storage.available", ObserveAvailable, null, "Whether the store answers this silo: 1 or 0.");
    }

    /// <summary>
    /// Asks the store. Where it does not answer, that is what is shown, and the other figures stay as they were. Never
    /// fails but by cancellation.
    /// </summary>
    public async Task SampleAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var head = await _feed.ReadHeadAsync(either.Token);
            _answer = new(true);
            var down = await _index.CountDownAsync(_policy.Accounts.ProtectedReach, cancellationToken);
            _last = new([.. down], await UncoveredSinceAsync(head, cancellationToken));
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            _answer = new(false);
        }
        catch (StorageOverloadedException)
        {
            // It is there, and has no time for this now.
        }
    }

    private async Task<DateTimeOffset?> UncoveredSinceAsync(long head, CancellationToken cancellationToken)
    {
        var covered = (await _checkpoints.ReadLastAsync(cancellationToken))?.Checkpoint.Position ?? 0;
        if (covered >= head)
        {
            return null;
        }

        var oldest = await _feed.ReadAfterAsync(covered, 1, cancellationToken);
        return oldest.IsEmpty ? null : oldest[0].Entry.At;
    }

    private IEnumerable<Measurement<long>> ObserveDown()
    {
        if (_last is not { } last)
        {
            yield break;
        }

        foreach (var status in Statuses)
        {
            var count = last.Down.FirstOrDefault(d => d.Status == status);
            yield return new(count?.Standard ?? 0, Labels(Tier.Standard, status));
            yield return new(count?.Protected ?? 0, Labels(Tier.Protected, status));
        }
    }

    private IEnumerable<Measurement<double>> ObserveAge()
    {
        if (_last is { } last)
        {
            yield return new(
                last.UncoveredSince is { } since ? Math.Max(0, (_clock.GetUtcNow() - since).TotalSeconds) : 0);
        }
    }

    private IEnumerable<Measurement<int>> ObserveAvailable()
    {
        if (_answer is { } answer)
        {
            yield return new(answer.IsThere ? 1 : 0);
        }
    }

    private static KeyValuePair<string, object?>[] Labels(Tier tier, AccountStatus status) =>
        [new("tier", ModerationMeters.NameOf(tier)), new("status", status switch
        {
            AccountStatus.Deactivated => "deactivated",
            AccountStatus.Suspended => "suspended",
            _ => "erased",
        })];

    private sealed record Sample(DownCount[] Down, DateTimeOffset? UncoveredSince);

    private sealed record Answer(bool IsThere);
}
