using System.Collections.Immutable;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Hosting;
using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>Questions over many accounts, answered from the index where the call arrives.</summary>
[StatelessWorker, Reentrant, GrainType("directory")]
public sealed class DirectoryGrain(
    IStreamIndex index, IHarmLog harms, IJournalFeed feed, OperatorServices operators, EverySilo<ISiloAccounts> silos,
    PolicyInForce policy, PauseGuard guard, TimeProvider clock, IHostApplicationLifetime host) : Grain, IDirectoryGrain
{
    /// <summary>The longest wait for the feed; below every response timeout on the way.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public async Task<AccountBatch> ReadActiveAsync(ImmutableArray<long> ids, CancellationToken cancellationToken)
    {
        var asked = ids[..Math.Min(ids.Length, Limits.BatchGet)];
        return new((await silos.AskAsync(silo => silo.ReadAsync(asked, cancellationToken), cancellationToken)).Found);
    }

    /// <inheritdoc />
    public Task<IdPage> ListAccountsAsync(
        AccountFilterInput filter, long after, int max, CancellationToken cancellationToken) =>
        AnswerAsync(async () =>
            PageOf(
                await index.ListAccountsAsync(
                    filter.ToFilter(policy.Accounts), after, Page(max), cancellationToken), max));

    /// <inheritdoc />
    public Task<IdPage> ListProposalAccountsAsync(
        string? proposedBy, long after, int max, CancellationToken cancellationToken) => AnswerAsync(async () =>
        {
            OperatorId? proposer = null;
            if (!string.IsNullOrEmpty(proposedBy))
            {
                if (!OperatorId.TryParse(proposedBy, out var person))
                {
                    return new IdPage([], 0);
                }

                proposer = person;
            }

            var proposals = await index.ListProposalsAsync(proposer, after, Page(max), cancellationToken);
            return PageOf([.. proposals.Select(static p => p.Account)], max);
        });

    /// <inheritdoc />
    public Task<OperatorPage> ListOperatorsAsync(string after, int max, CancellationToken cancellationToken) =>
        AnswerAsync(async () => await ReadAsync(
            await index.ListOperatorsAsync(after, Page(max), cancellationToken), max, cancellationToken));

    /// <inheritdoc />
    public Task<OperatorPage> ListPowerProposalsAsync(string after, int max, CancellationToken cancellationToken) =>
        AnswerAsync(async () =>
        {
            var people = await index.ListOperatorsWithDueWorkAsync(after, Page(max), cancellationToken);
            var page = await ReadAsync(people, max, cancellationToken);
            return page with { Operators = [.. page.Operators.Where(static person => person.Proposal is not null)] };
        });

    /// <inheritdoc />
    public Task<AuthorityInfo> ReadAuthorityAsync(string person, CancellationToken cancellationToken) => AnswerAsync(
        async () => OperatorId.TryParse(person, out var id)
            ? (await OperatorProcessor.ReadAuthorityAsync(id, operators, cancellationToken)).ToInfo()
            : new AuthorityInfo(Standing.Ended, Roles.None, null, null));

    /// <inheritdoc />
    public Task<IdPage> ListHarmedAsync(
        string person, DateTimeOffset since, long after, int max, CancellationToken cancellationToken) =>
        AnswerAsync(async () => BudgetMark.Parse(person) is { } by
            ? PageOf(await harms.ListHarmedAsync(by, since, after, Page(max), cancellationToken), max)
            : new IdPage([], 0));

    /// <inheritdoc />
    public Task<EntryPage> ListAuditAsync(
        AuditFilterInput filter, long beforePosition, int max, CancellationToken cancellationToken) =>
        AnswerAsync(async () =>
        {
            if (filter.ToFilter() is not { } asked)
            {
                return new EntryPage([], 0);
            }

            var before = beforePosition <= 0 ? long.MaxValue : beforePosition;
            return (await feed.ReadBeforeAsync(before, asked, Page(max), cancellationToken)).ToPageBackwards(Page(max));
        });

    /// <inheritdoc />
    public Task<EntryPage> ReadFeedAsync(
        long afterPosition, int max, TimeSpan wait, CancellationToken cancellationToken) => AnswerAsync(async () =>
        {
            // Entries are true wherever they are read; but a watcher should leave a silo that was declared dead.
            await guard.ConfirmAsync(cancellationToken);
            var entries = await feed.ReadAfterAsync(afterPosition, Page(max), cancellationToken);
            if (entries.IsEmpty && wait > TimeSpan.Zero)
            {
                using var patience = new CancellationTokenSource(wait < LongestWait ? wait : LongestWait, clock);

                // The host's stop ends the wait too: a cancelled call's token does not reach a stateless worker, and the
                // silo would wait for it to the end.
                using var either =
                    CancellationTokenSource.CreateLinkedTokenSource(
                        patience.Token, host.ApplicationStopping, cancellationToken);
                try
                {
                    await feed.WaitForAsync(afterPosition, either.Token);
                    entries = await feed.ReadAfterAsync(afterPosition, Page(max), cancellationToken);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // Nothing came: an empty page to resume from the same place.
                }
            }

            return entries.ToFeedPage(afterPosition);
        });

    /// <inheritdoc />
    public Task<long> ReadFeedHeadAsync(CancellationToken cancellationToken) => AnswerAsync(async () =>
    {
        await guard.ConfirmAsync(cancellationToken);
        return await feed.ReadHeadAsync(cancellationToken);
    });

    private async Task<OperatorPage> ReadAsync(
        ImmutableArray<OperatorId> people, int max, CancellationToken cancellationToken)
    {
        var infos = await Task.WhenAll(people.Select(
            p => GrainFactory.GetGrain<IOperatorGrain>(StreamId.Of(p).Value).GetAsync(cancellationToken)));
        return new([.. infos], people.Length < Page(max) ? "" : people[^1].Value);
    }

    private static int Page(int max) => Math.Clamp(max, 1, Limits.PageSize);

    private static IdPage PageOf(ImmutableArray<AccountId> ids, int max) =>
        new([.. ids.Select(static id => id.Value)], ids.Length < Page(max) ? 0 : ids[^1].Value);

    /// <exception cref="GrainRefusedException">The store failed: a page has no place for a refusal.</exception>
    private static async Task<T> AnswerAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (Exception e) when (e is not GrainRefusedException && RefusalMapping.OfFailure(e) is { } refusal)
        {
            throw new GrainRefusedException(refusal.ToInfo());
        }
    }
}
