using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// One account at work: folds its journal, decides, appends, publishes. All business rules are the domain's; this is
/// the order of things.
/// </summary>
/// <remarks>
/// Single-threaded by contract: every call and every continuation runs on one scheduler, and calls may interleave
/// wherever one awaits. Commands take turns, one at a time, through a bounded queue; follows go their own way and
/// neither waits for the other; reads of <see cref="View"/> never wait. A command is durable before it is answered.
/// When an append meets another activation's, the command is decided once more on what is really there and
/// <see cref="IsFenced"/> is set: the host then deactivates this instance. A failed append makes the journal be read
/// again before the next command, so that nothing is ever decided on a state that may be behind.
/// </remarks>
public sealed partial class AccountProcessor : IHeadObserver<AccountState>
{
    private readonly AccountServices _services;
    private readonly FollowerCache _followers;
    private readonly JournaledStream<AccountState, AccountEvent> _stream;
    private volatile AccountView _view;
    private long? _lastRefresh;
    private Task? _dueWork;
    private int _generationAsked;
    private long _readsRefused;
    private long _snapshotVersion;

    /// <summary>A processor that knows nothing yet: call <see cref="LoadAsync"/> before anything else.</summary>
    /// <param name="id">The account.</param>
    /// <param name="services">What it is built on.</param>
    /// <param name="generation">The host's generation, read before the load; see <see cref="Generation"/>.</param>
    public AccountProcessor(AccountId id, AccountServices services, int generation = 0)
    {
        ArgumentNullException.ThrowIfNull(services);
        Id = id;
        Generation = _generationAsked = generation;
        _services = services;
        _stream = services.StreamOf(id, observer: this);
        _view = new(_stream.Head.State, null, null, services.Policy);
        _followers = new(this, services);
    }

    /// <summary>The account.</summary>
    public AccountId Id { get; }

    /// <summary>
    /// The last published view. Safe from any thread and never waits; its versions only grow. Call
    /// <see cref="Recover"/> before reading it for an answer, so that what could not be read is tried again.
    /// </summary>
    public AccountView View => _view;

    /// <summary>
    /// Whether an append of this instance met another activation's. It still answers truly, because the journal fences
    /// every append, but the host must deactivate it.
    /// </summary>
    public bool IsFenced => _stream.IsFenced;

    /// <summary>
    /// The host's generation that this instance has caught up with. The host raises its own when other instances may
    /// have changed the account; then <see cref="CatchUpAsync"/> has to come before the next answer.
    /// </summary>
    public int Generation { get; private set; }

    /// <summary>Whether enough was appended since the last snapshot to make another one worth its write.</summary>
    public bool SnapshotDue => EntriesSinceSnapshot >= _services.Limits.SnapshotEvery;

    /// <summary>
    /// Entries beyond the last snapshot that was used or captured: what a start without a new one would have to read.
    /// </summary>
    public long EntriesSinceSnapshot => _stream.Head.Version - _snapshotVersion;

    /// <summary>
    /// Folds the journal, from the snapshot where that can be trusted. A ledger that cannot be read does not stand in
    /// the way: the count is then unknown and the account protected.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The journal cannot be read.</exception>
    /// <exception cref="JournalDamagedException">The journal does not fold.</exception>
    /// <exception cref="UnknownFormatException">The journal was written by a newer program.</exception>
    public async Task LoadAsync(AccountSnapshot? snapshot, CancellationToken cancellationToken)
    {
        _began = _services.Clock.GetUtcNow();
        _followers.BeginRead();
        var resumed = snapshot is not null && await TryResumeAsync(snapshot, cancellationToken);
        if (resumed)
        {
            _snapshotVersion = snapshot!.Version;
        }
        else
        {
            await _stream.ReadForwardAsync(cancellationToken);
        }

        _lossNote = LastLossNote;
        await _followers.EnsureAsync(cancellationToken);
        _followers.UseAsLastKnown(snapshot?.Followers);
        _followers.CompareWith(resumed ? snapshot!.Followers : null);
        Publish();
    }

    /// <summary>
    /// Reads the journal's tail if this instance is behind <paramref name="minVersion"/>. It waits for no command.
    /// Callers share a reading that is under way, and make another one if that began too early.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The journal cannot be read.</exception>
    public Task RefreshAsync(long minVersion, CancellationToken cancellationToken) =>
        _stream.RefreshAsync(minVersion, maxAge: null, cancellationToken).AsTask();

    /// <summary>
    /// Compares what is in memory with the journal and the ledger, by readings that begin after the first call with
    /// this generation. A count that cannot be read is unknown then.
    /// </summary>
    /// <param name="generation">The host's generation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="StorageUnavailableException">The journal cannot be read: nothing is to be answered.</exception>
    public async Task CatchUpAsync(int generation, CancellationToken cancellationToken)
    {
        if (_generationAsked != generation)
        {
            _generationAsked = generation;
            _stream.Invalidate();
            _followers.Invalidate();
        }

        await RefreshAsync(minVersion: 0, cancellationToken);
        await _followers.EnsureAsync(cancellationToken);
        Generation = Math.Max(Generation, generation);
    }

    /// <summary>
    /// Publishes the view anew where the policy has changed; and starts, without waiting and at most once per
    /// <see cref="ProcessorLimits.RetryAfter"/>, to read again what could not be read: the state after a failed append,
    /// the follower count. Never fails.
    /// </summary>
    public void Recover()
    {
        if (!ReferenceEquals(_view.Policy, _services.Policy))
        {
            // The tier may be another one.
            Publish();
        }

        _followers.BeginRead();
        BeginSumUp();
        BeginNoteReach();
        if (_stream.MustReload
            && (_lastRefresh is not { } last || _services.Clock.GetElapsedTime(last) >= _services.Limits.RetryAfter))
        {
            _lastRefresh = _services.Clock.GetTimestamp();
            _ = RefreshQuietlyAsync();
        }
    }

    /// <summary>
    /// Whether a view is still the published one, and <see cref="Recover"/> would find nothing to do: then it may be
    /// shown again without asking. Safe from any thread.
    /// </summary>
    public bool IsSettledOn(AccountView view) =>
        ReferenceEquals(view, _view) && view?.Followers is not null && !_stream.MustReload
        && ReferenceEquals(view.Policy, _services.Policy);

    /// <summary>
    /// Counts a public read that was refused because the account is down; the command that ends the incident records
    /// the number.
    /// </summary>
    /// <returns>The number since it went down, as far as this instance knows: a lower bound.</returns>
    public long NoteReadRefused() =>
        _view.State is { IsRegistered: true, Status: not AccountStatus.Active } ? ++_readsRefused : _readsRefused;

    /// <summary>A snapshot of the state published last, to be kept by the host.</summary>
    public AccountSnapshot CaptureSnapshot()
    {
        var head = _stream.Head;
        _snapshotVersion = head.Version;
        return AccountSnapshot.Capture(head, _followers.LastKnown, _services.Seal);
    }

    /// <summary>
    /// Applies follows and unfollows, together with those of other callers that arrive while a transaction is under
    /// way. Idempotent.
    /// </summary>
    /// <param name="changes">
    /// At most <see cref="Limits.FollowBatch"/>; more, an unknown or erased account and an account that follows itself
    /// are refused.
    /// </param>
    /// <param name="cancellationToken">Honoured until the batch is with the ledger.</param>
    /// <exception cref="StorageUnavailableException">The ledger failed; sending the batch again is safe.</exception>
    public async Task<FollowOutcome> FollowAsync(
        ImmutableArray<FollowChange> changes, CancellationToken cancellationToken)
    {
        if (!_stream.Head.State.IsRegistered)
        {
            // It may have been registered since: registration goes past this processor.
            await RefreshAsync(minVersion: 1, cancellationToken);
        }

        using var span = _services.Diagnostics.StartFollow(Id, changes);
        var outcome = CheckFollows(changes) is { } refusal ? new(0, null, refusal)
            : changes.IsEmpty ? new(0, _followers.Exact, null)
            : await Pump.ApplyAsync(changes, cancellationToken);
        if (outcome.Refusal is { } refused)
        {
            span?.SetTag("accountgrid.refusal", ApplicationDiagnostics.NameOf(refused.Reason));
            _services.Diagnostics.Refused("follow", refused);
        }

        // A count that is in doubt is no answer to how many there are now.
        return _followers.IsInDoubt ? outcome with { After = null } : outcome;
    }

    /// <summary>Shows readers what is known now.</summary>
    internal void Publish() =>
        _view = new(_stream.Head.State, _followers.Exact, _followers.LastKnown, _services.Policy);

    /// <inheritdoc/>
    void IHeadObserver<AccountState>.HeadMoved(AccountState before, AccountState after)
    {
        if (before.Status != AccountStatus.Active && after.Status == AccountStatus.Active)
        {
            _readsRefused = 0;
        }

        Publish();
    }

    /// <summary>The commands' turns; made with the first command, because nearly every account is only read.</summary>
    private TurnQueue Turns => field ??= new(_services.Limits.QueueDepth, _services.Diagnostics.Queues.Commands);

    /// <summary>The way to the ledger; made with the first follow.</summary>
    private FollowPump Pump => field ??= new(this, _services, _followers);

    private Refusal? CheckFollows(ImmutableArray<FollowChange> changes)
    {
        if ((FollowRules.CheckAccount(_stream.Head.State) ?? FollowRules.CheckBatch(changes.Length)) is { } refusal)
        {
            return refusal;
        }

        foreach (var change in changes)
        {
            if (FollowRules.CheckFollower(Id, change.Follower) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private async Task<bool> TryResumeAsync(AccountSnapshot snapshot, CancellationToken cancellationToken)
    {
        var (head, cause) = snapshot.Restore(Id, _services.Seal);
        if (head is not null)
        {
            try
            {
                if (await _stream.TryResumeAsync(head, cancellationToken))
                {
                    return true;
                }

                cause = "hash";
            }
            catch (JournalDamagedException)
            {
                // The tail does not continue the snapshot: whether the journal is to blame, its full reading will tell.
                cause = "tail";
            }
        }

        _services.Diagnostics.SnapshotIgnored(cause!);
        AccountLog.SnapshotIgnored(_services.Log, Id, cause!);
        return false;
    }

    private async Task RefreshQuietlyAsync()
    {
        try
        {
            await RefreshAsync(minVersion: 0, CancellationToken.None);
        }
        catch (Exception e) when (e is StorageUnavailableException or StorageOverloadedException
            or JournalDamagedException or UnknownFormatException)
        {
            AccountLog.RefreshFailed(_services.Log, e, Id);
        }
    }
}
