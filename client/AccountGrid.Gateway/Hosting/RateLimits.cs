using System.Threading.RateLimiting;
using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using Microsoft.AspNetCore.RateLimiting;

namespace AccountGrid.Gateway.Hosting;

/// <summary>Requests per second of each subject, and of each address without a valid token. Healing methods are exempt (law 1).</summary>
internal static class RateLimits
{
    private const int PeriodsPerSecond = 10;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Sets the limiter.</summary>
    public static void Apply(RateLimiterOptions limiter, GatewayLimitOptions limits)
    {
        var known = BucketOf(limits.RequestsPerSecond);
        var strangers = BucketOf(limits.AnonymousRequestsPerSecond);
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.User.Identity is CallerIdentity caller
                ? PartitionOf(caller.Subject, known)
                : PartitionOf("@" + context.Connection.RemoteIpAddress, strangers));
        limiter.OnRejected = static (context, _) => new ValueTask(ErrorAnswer.WriteAsync(
            context.HttpContext, ApiError.Of(RefusalReason.Overloaded, "Too many requests by this caller.", field: null, Wait)));
    }

    // A subject never begins with @, so the two kinds of keys cannot meet.
    private static RateLimitPartition<string> PartitionOf(string key, TokenBucketRateLimiterOptions? bucket) =>
        bucket is null ? RateLimitPartition.GetNoLimiter("") : RateLimitPartition.GetTokenBucketLimiter(key, _ => bucket);

    private static TokenBucketRateLimiterOptions? BucketOf(int perSecond) => perSecond == 0 ? null : new TokenBucketRateLimiterOptions
    {
        TokenLimit = Math.Max(perSecond, 1),
        TokensPerPeriod = Math.Max(perSecond / PeriodsPerSecond, 1),
        ReplenishmentPeriod = TimeSpan.FromSeconds(perSecond < PeriodsPerSecond ? 1.0 / perSecond : 1.0 / PeriodsPerSecond),
        QueueLimit = 0,
        AutoReplenishment = true,
    };
}
