using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>One change of an account.</summary>
internal sealed record PeerChange(
    long Account, bool Down, string Subject, bool ByOwner, string Reason, string Note, string Ticket);

/// <summary>
/// The peer's database, whichever it is: what a good team would build without us, built well. Thread-safe.
/// </summary>
internal interface IPeerStore : IAsyncDisposable
{
    /// <summary>Fills in accounts 1 to <paramref name="count"/>, all up.</summary>
    Task SeedAsync(int count, CancellationToken cancellationToken);

    /// <summary>Reads an account; <c>null</c> if there is none.</summary>
    Task<Account?> GetAsync(long id, CancellationToken cancellationToken);

    /// <summary>Takes an account down or up in one transaction with its audit row; durable when it returns.</summary>
    /// <exception cref="Grpc.Core.RpcException">The account is not in the other status.</exception>
    Task<Account> ChangeAsync(PeerChange change, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Applies follows and unfollows in one transaction, with the counts; durable when it returns. May reorder the
    /// array.
    /// </summary>
    /// <returns>How many changed an edge.</returns>
    Task<int> FollowAsync(Follow[] follows, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>What the tables add up to, for the verification.</summary>
    Task<PeerTotals> ReadTotalsAsync(CancellationToken cancellationToken);
}

/// <summary>What the peer's tables add up to.</summary>
/// <param name="AuditRows">Rows of the audit table.</param>
/// <param name="Down">Accounts that are down.</param>
/// <param name="Edges">Follow edges, counted one by one.</param>
/// <param name="Followers">The sum of all accounts' counts.</param>
internal sealed record PeerTotals(long AuditRows, long Down, long Edges, long Followers);

/// <summary>A row of the peer's accounts as both databases hold it.</summary>
internal readonly record struct PeerRow(
    long Id, string Handle, bool Down, long Version, string? HeldBy, long? HeldAt, string? Reason, long Followers,
    long FollowersVersion, long FollowersAt)
{
    /// <summary>As it goes over the wire.</summary>
    /// <param name="byOwner">Who placed the hold, if there is one.</param>
    public Account ToAccount(bool byOwner = false)
    {
        var account = new Account
        {
            Id = Id,
            Handle = Handle,
            Status = Down ? Account.Types.Status.Deactivated : Account.Types.Status.Active,
            Version = Version,
            Etag = Version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Tier = Account.Types.Tier.Standard,
            Followers = new FollowerCount
            {
                Count = Followers,
                Version = FollowersVersion,
                AsOf = DateTimeOffset.FromUnixTimeMilliseconds(FollowersAt).ToTimestamp(),
                Quality = FollowerCount.Types.Quality.Exact,
            },
        };
        if (Down)
        {
            account.Holds.Add(new Hold
            {
                Kind = byOwner ? Hold.Types.Kind.OwnerDeactivation : Hold.Types.Kind.StaffDeactivation,
                PlacedBy = new Actor
                {
                    Kind = byOwner ? Actor.Types.Kind.Service : Actor.Types.Kind.Operator,
                    Subject = HeldBy!,
                },
                At = DateTimeOffset.FromUnixTimeMilliseconds(HeldAt!.Value).ToTimestamp(),
                Reason = Reason!,
            });
        }

        return account;
    }
}
