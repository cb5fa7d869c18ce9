using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;
using AccountGrid.JsonContract;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Services;

/// <summary>
/// Reads the journals' feed for watchers. The caller is authorized again before every page is sent, so that a stream
/// ends with the person's authority or the token. Thread-safe.
/// </summary>
internal sealed class EventFeed(
    GrainCalls grains,
    Admission admission,
    StreamSlots slots,
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    IHostApplicationLifetime lifetime)
{
    /// <summary>Accounts in one watch at most.</summary>
    public const int MostAccounts = 1000;

    private const int PageSize = 500;
    private const string RefusedAttempt = "attempt-refused";

    /// <summary>Entries about what waits: not for services to know.</summary>
    private static readonly FrozenSet<string> AboutProposals = FrozenSet.Create(
        StringComparer.Ordinal, "proposal-opened", "proposal-approved", "proposal-closed", "action-scheduled",
        "follower-loss-allowed", "follower-loss-closed");

    private readonly TimeSpan _heartbeat = options.Value.Limits.Heartbeat;

    /// <summary>
    /// The position where a watch begins: one that the store has, because after a restored backup a watcher that
    /// resumes at a lost position would wait in silence until the journal has grown past it.
    /// </summary>
    /// <param name="order">What the watcher asks for.</param>
    /// <param name="field">The field that gave the position to resume from.</param>
    /// <param name="cancellationToken">Ends the wait for the store.</param>
    /// <exception cref="ApiException">The position is beyond the end of the journal.</exception>
    public async Task<long> BeginAsync(WatchOrder order, string field, CancellationToken cancellationToken)
    {
        if (order.After is not { } after)
        {
            return await grains.RepeatAsync(
                () => grains.Directory.ReadFeedHeadAsync(cancellationToken), cancellationToken);
        }

        // Asked of the store: another silo may have committed the entry without this process knowing.
        if (after > 0 && (await grains.RepeatAsync(
            () => grains.Directory.ReadFeedAsync(after - 1, 1, TimeSpan.Zero, cancellationToken),
            cancellationToken)).Entries.IsEmpty)
        {
            throw new ApiException(ApiError.Invalid(new FieldViolation(
                field, "is beyond the end of the journal, as after a restored backup: read the accounts anew")));
        }

        return after;
    }

    /// <summary>
    /// Events after a position in commit order, until the caller goes away or loses its authority, or the server stops.
    /// </summary>
    /// <exception cref="ApiException">The stream must end.</exception>
    public async IAsyncEnumerable<FeedStep> ReadAsync(
        CallerIdentity caller,
        WatchOrder order,
        long from,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var slot = slots.Take(caller.Subject);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, lifetime.ApplicationStopping);
        var position = from;
        yield return new FeedStep(position, null);
        var progress = new Progress(order, _heartbeat, clock);
        while (true)
        {
            progress.BeginPage();
            var page = await NextPageAsync(caller, position, progress.Wait, ending.Token);
            foreach (var entry in page.Entries)
            {
                if (await ToEventAsync(entry, order, caller.Viewer, ending.Token) is { } happened)
                {
                    progress.Sent();
                    yield return new FeedStep(entry.Position, happened);
                }
            }

            position = Math.Max(position, page.Next);
            if (progress.EndPage(page.Entries.Length < PageSize, page.Entries.IsEmpty) is { } complete)
            {
                yield return new FeedStep(position, null, complete);
            }
            else if (page.Entries.IsEmpty || progress.IsSilent)
            {
                progress.Sent();
                yield return new FeedStep(position, null);
            }
        }
    }

    private async Task<EntryPage> NextPageAsync(
        CallerIdentity caller, long position, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var page = await grains.RepeatAsync(
                () => grains.Directory.ReadFeedAsync(position, PageSize, wait, cancellationToken), cancellationToken);
            if (clock.GetUtcNow() >= caller.ExpiresAt)
            {
                throw new ApiException(ApiError.Of(RefusalReason.Unauthenticated, "The token has expired."));
            }

            return await admission.AuthorizeAsync(caller, MethodPolicies.WatchEvents, cancellationToken) is { } refused
                ? throw new ApiException(refused)
                : page;
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new ApiException(ApiError.Of(
                RefusalReason.StorageUnavailable,
                "The server is stopping; resume from the last position.",
                field: null,
                TimeSpan.FromSeconds(1)));
        }
    }

    private async ValueTask<V1.WatchEventsResponse?> ToEventAsync(
        EntryInfo entry, WatchOrder order, Viewer viewer, CancellationToken cancellationToken)
    {
        // Refused attempts changed nothing, and operators' entries concern no account.
        if (entry.Type == RefusedAttempt || (viewer == Viewer.Service && AboutProposals.Contains(entry.Type))
            || !StreamId.TryParse(entry.Stream, out var stream)
            || !stream.IsAccount(out var account)
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
            Actor = viewer == Viewer.Staff ? ActorMapping.ToProto(entry.Actor) : null,
            Status = Enums.Status.ToProto(answer.Status),
            TraceId = entry.TraceId,
        };
    }

    /// <summary>
    /// The progress of a stream, where it was asked for. A page that is not full holds everything that was committed
    /// before it was asked for, because entries become visible in the order of their positions.
    /// </summary>
    private struct Progress(WatchOrder order, TimeSpan heartbeat, TimeProvider clock)
    {
        private long _askedAt;
        private long? _reported;
        private long _sentAt = clock.GetTimestamp();

        /// <summary>
        /// How long the next page may wait for an entry; zero until the first progress is reported.
        /// </summary>
        public readonly TimeSpan Wait =>
            order.Progress is not { } interval ? heartbeat
            : _reported is null ? TimeSpan.Zero
            : interval < heartbeat ? interval : heartbeat;

        /// <summary>
        /// Whether it is time for a heartbeat although entries came: all of them were of other accounts.
        /// </summary>
        public readonly bool IsSilent => clock.GetElapsedTime(_sentAt) >= heartbeat;

        /// <summary>An event or a heartbeat is being sent.</summary>
        public void Sent() => _sentAt = clock.GetTimestamp();

        /// <summary>A page is about to be asked for.</summary>
        public void BeginPage() => _askedAt = clock.GetTimestamp();

        /// <summary>A page has been sent.</summary>
        /// <returns>The timestamp up to which everything has been sent, where it is time to report it.</returns>
        public long? EndPage(bool isLast, bool isEmpty)
        {
            if (order.Progress is not { } interval || !isLast
                || !(isEmpty || _reported is not { } last || clock.GetElapsedTime(last) >= interval))
            {
                return null;
            }

            _reported = clock.GetTimestamp();
            return _askedAt;
        }
    }
}
