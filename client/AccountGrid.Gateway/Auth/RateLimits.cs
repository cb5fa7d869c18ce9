using System.Net;
using System.Threading.RateLimiting;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Limits the requests per second of each subject, and of each address without a valid token. A subject or address
/// without requests for some seconds is forgotten, so that the rate itself bounds memory. Thread-safe.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private const int PeriodsPerSecond = 10;
    private static readonly ApiError TooMany = ApiError.Of(
        RefusalReason.Overloaded, "Too many requests by this caller.", field: null, TimeSpan.FromSeconds(1));
    private readonly PartitionedRateLimiter<string>? _subjects;
    private readonly PartitionedRateLimiter<IPAddress>? _addresses;

    /// <summary>Limits as the options say.</summary>
    public RateLimits(IOptions<GatewayOptions> options)
    {
        _subjects = Make<string>(options.Value.Limits.RequestsPerSecond);
        _addresses = Make<IPAddress>(options.Value.Limits.AnonymousRequestsPerSecond);
    }

    /// <summary>Counts a request of a known caller. Not for healing methods: law 1.</summary>
    /// <returns>The refusal, or <c>null</c>.</returns>
    public ApiError? Count(CallerIdentity caller) => Count(_subjects, caller.Subject);

    /// <summary>Counts a request without a valid token.</summary>
    /// <returns>The refusal, or <c>null</c>.</returns>
    public ApiError? Count(IPAddress? address) => Count(_addresses, address ?? IPAddress.None);

    /// <inheritdoc/>
    public void Dispose()
    {
        _subjects?.Dispose();
        _addresses?.Dispose();
    }

    private static ApiError? Count<T>(PartitionedRateLimiter<T>? limiter, T caller)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(caller);
        return lease.IsAcquired ? null : TooMany;
    }

    private static PartitionedRateLimiter<T>? Make<T>(int perSecond)
        where T : notnull
    {
        if (perSecond == 0)
        {
            return null;
        }

        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = perSecond,
            TokensPerPeriod = Math.Max(perSecond / PeriodsPerSecond, 1),
            ReplenishmentPeriod = TimeSpan.FromSeconds(1.0 / Math.Min(perSecond, PeriodsPerSecond)),
            QueueLimit = 0,

            // The partitioned limiter replenishes all partitions by one timer.
            AutoReplenishment = false,
        };
        Func<T, RateLimiter> make = _ => new TokenBucketRateLimiter(bucket);
        return PartitionedRateLimiter.Create<T, T>(caller => RateLimitPartition.Get(caller, make));
    }
}
