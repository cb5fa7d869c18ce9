using System.Net;
using System.Threading.RateLimiting;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Requests per second of each subject, and of each address without a good token. Whoever has not been seen for some seconds is forgotten, so that memory is bounded by
/// the rate itself. Thread-safe.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private const int PeriodsPerSecond = 10;
    private static readonly ApiError TooMany = ApiError.Of(RefusalReason.Overloaded, "Too many requests by this caller.", field: null, TimeSpan.FromSeconds(1));
    private readonly PartitionedRateLimiter<string>? _subjects;
    private readonly PartitionedRateLimiter<IPAddress>? _strangers;

    /// <summary>Limits as the options say.</summary>
    public RateLimits(IOptions<GatewayOptions> options)
    {
        _subjects = Make<string>(options.Value.Limits.RequestsPerSecond);
        _strangers = Make<IPAddress>(options.Value.Limits.AnonymousRequestsPerSecond);
    }

    /// <summary>Counts a request of a known caller. Not for healing methods: law 1.</summary>
    /// <returns>Why not, or <c>null</c>.</returns>
    public ApiError? Count(CallerIdentity caller) => Count(_subjects, caller.Subject);

    /// <summary>Counts a request without a good token.</summary>
    /// <returns>Why not, or <c>null</c>.</returns>
    public ApiError? CountStranger(HttpContext context) => Count(_strangers, context.Connection.RemoteIpAddress ?? IPAddress.None);

    /// <summary>Counts requests to the host's own endpoints, behind authentication.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var refused = context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null ? null
            : context.User.Identity is CallerIdentity caller ? Count(caller)
            : CountStranger(context);
        return refused is null ? next(context) : ErrorAnswer.WriteAsync(context, refused);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subjects?.Dispose();
        _strangers?.Dispose();
    }

    private static ApiError? Count<T>(PartitionedRateLimiter<T>? limiter, T who)
    {
        if (limiter is null)
        {
            return null;
        }

        using var lease = limiter.AttemptAcquire(who);
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

            // By the one timer of all partitions.
            AutoReplenishment = false,
        };
        Func<T, RateLimiter> make = _ => new TokenBucketRateLimiter(bucket);
        return PartitionedRateLimiter.Create<T, T>(who => RateLimitPartition.Get(who, make));
    }
}
