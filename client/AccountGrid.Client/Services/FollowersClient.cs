using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// The followers of accounts. Follows and unfollows say what shall be, so sending one twice is sending it once; one
/// that was sent again may answer that it changed nothing. Role: follower-writer. Thread-safe.
/// </summary>
public sealed class FollowersClient
{
    /// <summary>
    /// The most follows in one acknowledged stream: what an interruption repeats at worst, and what is kept in memory
    /// for it.
    /// </summary>
    public const int MaxFollowsPerStream = 100_000;

    private readonly FollowerService.FollowerServiceClient _stub;
    private readonly CallPipeline _calls;

    internal FollowersClient(FollowerService.FollowerServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>One follow.</summary>
    /// <param name="account">The account that is followed.</param>
    /// <param name="follower">The account that follows.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<PutFollowerResponse> PutAsync(
        long account, long follower, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new PutFollowerRequest { Account = account, Follower = follower },
            _stub.PutFollowerAsync,
            cancellationToken);

    /// <summary>One unfollow.</summary>
    /// <param name="account">The account that was followed.</param>
    /// <param name="follower">The account that followed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<DeleteFollowerResponse> DeleteAsync(
        long account, long follower, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new DeleteFollowerRequest { Account = account, Follower = follower },
            _stub.DeleteFollowerAsync,
            cancellationToken);

    /// <summary>
    /// Sends one stream of follows and unfollows, in messages that the server takes. When it returns, each of them is
    /// durable or named as refused. A stream whose outcome is unknown, or in which a follow met a busy server, is sent
    /// again.
    /// </summary>
    /// <param name="follows">1 to <see cref="MaxFollowsPerStream"/>; must not change meanwhile.</param>
    /// <param name="cancellationToken">Ends the call; a part may have been applied then.</param>
    /// <returns>Totals, and the first 1,000 refused by their number, from 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are too many.</exception>
    public Task<IngestFollowsResponse> IngestStreamAsync(
        IReadOnlyList<Follow> follows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(follows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(follows.Count, MaxFollowsPerStream, nameof(follows));
        return new FollowStreams(_stub, _calls).SendAsync(follows, cancellationToken);
    }

    /// <summary>
    /// Sends any number of follows and unfollows in streams of at most <see cref="MaxFollowsPerStream"/>, one after the
    /// other, and answers each acknowledgement as it comes: everything up to <see cref="FollowsAcknowledged.Through"/>
    /// is durable or refused then. When it throws, go on behind the last acknowledgement. The next follows are read
    /// only when the next acknowledgement is asked for.
    /// </summary>
    /// <param name="follows">The follows and unfollows.</param>
    /// <param name="cancellationToken">Ends it; what is acknowledged stays so.</param>
    public IAsyncEnumerable<FollowsAcknowledged> IngestAsync(
        IAsyncEnumerable<Follow> follows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(follows);
        return new FollowStreams(_stub, _calls).SendAllAsync(follows, cancellationToken);
    }
}
