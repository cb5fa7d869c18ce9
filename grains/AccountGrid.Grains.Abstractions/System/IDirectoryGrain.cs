using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// Questions over many accounts, answered from the index: a stateless worker. Key 0.
/// </summary>
[Alias("ag.IDirectoryGrain")]
public interface IDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Those of the accounts that are active in any silo, in no order; each silo is called once at the most. What is
    /// left out is read by a call to its own grain, which also says why.
    /// </summary>
    /// <param name="ids">At most <see cref="Limits.BatchGet"/>; more are not looked for.</param>
    /// <param name="cancellationToken">Ends the wait for silos.</param>
    [Alias("ReadActive")]
    Task<AccountBatch> ReadActiveAsync(ImmutableArray<long> ids, CancellationToken cancellationToken);

    /// <summary>Account ids above <paramref name="after"/>, ascending.</summary>
    [Alias("ListAccounts")]
    Task<IdPage> ListAccountsAsync(AccountFilterInput filter, long after, int max, CancellationToken cancellationToken);

    /// <summary>Accounts with something pending, above <paramref name="after"/>, ascending.</summary>
    [Alias("ListProposals")]
    Task<IdPage> ListProposalAccountsAsync(
        string? proposedBy, long after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Operators above <paramref name="after"/>, ordinally ascending; <c>Next</c> is empty at the end.
    /// </summary>
    [Alias("ListOperators")]
    Task<OperatorPage> ListOperatorsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Operators with a change of power that waits, above <paramref name="after"/>, ordinally ascending; <c>Next</c> is
    /// empty at the end. A page may hold fewer than <paramref name="max"/> although another one follows.
    /// </summary>
    [Alias("ListPowerProposals")]
    Task<OperatorPage> ListPowerProposalsAsync(string after, int max, CancellationToken cancellationToken);

    /// <summary>
    /// A person's standing and roles now, from the journal instead of the person's own grain, whose silo may not
    /// answer; without a budget. <c>Ended</c> for a person who is not registered.
    /// </summary>
    [Alias("ReadAuthority")]
    Task<AuthorityInfo> ReadAuthorityAsync(string person, CancellationToken cancellationToken);

    /// <summary>
    /// Accounts that a person harmed or approved harm to since an instant, above <paramref name="after"/>, ascending.
    /// A service is named by <c>svc/</c> and its subject.
    /// </summary>
    [Alias("ListHarmed")]
    Task<IdPage> ListHarmedAsync(
        string person, DateTimeOffset since, long after, int max, CancellationToken cancellationToken);

    /// <summary>Entries below a position (0 = from the end), newest first.</summary>
    [Alias("ListAudit")]
    Task<EntryPage> ListAuditAsync(
        AuditFilterInput filter, long beforePosition, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Entries above a position, oldest first; waits up to <paramref name="wait"/> (at most 20 seconds) for one to
    /// come. <c>Next</c> is the position to resume from.
    /// </summary>
    [ResponseTimeout("00:00:30"), Alias("ReadFeed")]
    Task<EntryPage> ReadFeedAsync(long afterPosition, int max, TimeSpan wait, CancellationToken cancellationToken);

    /// <summary>The position of the last committed entry.</summary>
    [Alias("ReadFeedHead")]
    Task<long> ReadFeedHeadAsync(CancellationToken cancellationToken);
}
