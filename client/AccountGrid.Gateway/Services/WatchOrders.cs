using AccountGrid.Gateway.Validation;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Services;

/// <summary>Checks what a watcher asks for, the same over gRPC and as server-sent events.</summary>
internal static class WatchOrders
{
    private static readonly TimeSpan ShortestProgress = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestProgress = TimeSpan.FromSeconds(60);

    /// <summary>The order; faults are added to <paramref name="checks"/>.</summary>
    public static WatchOrder Check(
        ref FieldChecks checks, long? after, IReadOnlyCollection<long> accounts, Duration? progress = null)
    {
        checks.NotNegative("afterPosition", after ?? 0);
        var interval = ProgressOf(ref checks, progress);
        if (accounts.Count > EventFeed.MostAccounts)
        {
            checks.Add("accounts", $"must be at most {EventFeed.MostAccounts} ids");
            return new WatchOrder(after, new HashSet<long>(), interval);
        }

        foreach (var account in accounts)
        {
            checks.Id("accounts", account);
        }

        return new WatchOrder(after, new HashSet<long>(accounts), interval);
    }

    private static TimeSpan? ProgressOf(ref FieldChecks checks, Duration? progress)
    {
        if (progress is null)
        {
            return null;
        }

        // Checked by its fields, because converting an invalid duration throws.
        var isDuration = progress.Seconds is >= 0 and <= 60 && progress.Nanos is >= 0 and < 1_000_000_000;
        var interval = isDuration ? progress.ToTimeSpan() : TimeSpan.Zero;
        if (interval < ShortestProgress || interval > LongestProgress)
        {
            checks.Add("progressInterval", "must be from 0.1s to 60s");
        }

        return interval;
    }
}
