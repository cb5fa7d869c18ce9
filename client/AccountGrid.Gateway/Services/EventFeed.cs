using System.Runtime.CompilerServices;
using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Services;

/// <summary>What one watcher asks for.</summary>
/// <param name="After">Resume behind this position; <c>null</c> = from now on.</param>
/// <param name="Accounts">Only these; empty = all.</param>
internal sealed record WatchOrder(long? After, IReadOnlySet<long> Accounts);

/// <summary>One step of a watch: an event, or a sign of life while nothing happens.</summary>
/// <param name="Position">Where to resume.</param>
/// <param name="Event">The event; <c>null</c> for a sign of life.</param>
internal readonly record struct FeedStep(long Position, V1.WatchEventsResponse? Event);

/// <summary>
/// Reads the journals' feed for watchers. The caller's power is looked at again before every page is shown, so that a stream ends with the person's authority
/// or the token, and not when the connection does. Thread-safe.
/// </summary>
internal sealed class EventFeed(
    GrainCalls grains, Admission admission, StreamSlots slots, IOptions<GatewayOptions> options, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Accounts in one watch at most.</summary>
    public const int MostAccounts = 1000;

    private const int PageSize = 500;
    private const string RefusedAttempt = "attempt-refused";
    private readonly TimeSpan _heartbeat = options.Value.Limits.Heartbeat;

    /// <summary>Where a watch begins.</summary>
    public async Task<long> BeginAsync(WatchOrder order, CancellationToken cancellationToken) =>
        order.After ?? await grains.RepeatAsync(() => grains.Directory.ReadFeedHeadAsync(cancellationToken), cancellationToken);

    /// <summary>Events behind a position in commit order, until the caller goes, loses the power, or the server stops.</summary>
    /// <exception cref="ApiException">The stream must end.</exception>
    public async IAsyncEnumerable<FeedStep> ReadAsync(
        CallerIdentity caller, WatchOrder order, long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var slot = slots.Take(caller.Subject);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var position = from;
        yield return new FeedStep(position, null);
        while (true)
        {
            var page = await NextPageAsync(caller, position, ending.Token);
            foreach (var entry in page.Entries)
            {
                if (await ToEventAsync(entry, order, ending.Token) is { } happened)
                {
                    yield return new FeedStep(entry.Position, happened);
                }
            }

            position = Math.Max(position, page.Next);
            if (page.Entries.IsEmpty)
            {
                yield return new FeedStep(position, null);
            }
        }
    }

    private async Task<EntryPage> NextPageAsync(CallerIdentity caller, long position, CancellationToken cancellationToken)
    {
        try
        {
            var page = await grains.RepeatAsync(() => grains.Directory.ReadFeedAsync(position, PageSize, _heartbeat, cancellationToken), cancellationToken);
            if (clock.GetUtcNow() >= caller.ExpiresAt)
            {
                throw new ApiException(ApiError.Of(RefusalReason.Unauthenticated, "The token has expired."));
            }

            return await admission.AdmitAsync(caller, MethodPolicies.WatchEvents, cancellationToken) is { } refused ? throw new ApiException(refused) : page;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new ApiException(ApiError.Of(
                RefusalReason.StorageUnavailable, "The server is stopping; resume from the last position.", field: null, TimeSpan.FromSeconds(1)));
        }
    }

    private async ValueTask<V1.WatchEventsResponse?> ToEventAsync(EntryInfo entry, WatchOrder order, CancellationToken cancellationToken)
    {
        // Refused attempts are in the journal and changed nothing; operators' records are no account's.
        if (entry.Type == RefusedAttempt || !StreamId.TryParse(entry.Stream, out var stream) || !stream.IsAccount(out var account)
            || (order.Accounts.Count > 0 && !order.Accounts.Contains(account.Value)))
        {
            return null;
        }

        var answer = await grains.GetAsync(account.Value, entry.Sequence, cancellationToken);
        return new V1.WatchEventsResponse
        {
            Position = entry.Position,
            Account = account.Value,
            Sequence = entry.Sequence,
            Type = entry.Type,
            At = TimeMapping.ToProto(entry.At),
            Actor = ActorMapping.ToProto(entry.Actor),
            Status = AccountMapping.ToProto(answer.Status),
            TraceId = entry.TraceId,
        };
    }
}
