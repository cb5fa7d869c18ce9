using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Conformance;

/// <summary>What every index over the streams does.</summary>
public abstract class IndexSuite(StoreFixture fixture) : StoreSuite(fixture)
{
    private static readonly AccountFilter All = new(null, null, null, 1_000_000);

    [Fact]
    public async Task Accounts_are_listed_in_pages_ascending_by_number()
    {
        await AccountsAsync(9, 10, 100, 2);
        Assert.Equal([2, 9, 10, 100], await IdsAsync(All));
        Assert.Equal([2, 9], Ids(await Store.Index.ListAccountsAsync(All, 0, 2, Stop)));
        Assert.Equal([10, 100], Ids(await Store.Index.ListAccountsAsync(All, 9, 2, Stop)));
        Assert.Empty(await Store.Index.ListAccountsAsync(All, 100, 2, Stop));
    }

    [Fact]
    public async Task The_newest_append_decides_the_row()
    {
        var stream = new SampleStream(5)
        {
            Row = static row => row with { Status = AccountStatus.Suspended, DueAt = SampleStream.Day },
        };
        await AppendAsync(stream.Next());
        Assert.Equal([5], await IdsAsync(All with { Status = AccountStatus.Suspended }));
        stream.Row = static row => row with { Status = AccountStatus.Active };
        await AppendAsync(stream.Next());
        Assert.Empty(await IdsAsync(All with { Status = AccountStatus.Suspended }));
        Assert.Equal([5], await IdsAsync(All with { Status = AccountStatus.Active }));
        Assert.Empty(await Store.Index.ListDueAsync(DateTimeOffset.MaxValue, 10, Stop));
    }

    [Fact]
    public async Task A_lost_race_leaves_the_row_alone()
    {
        await AppendAsync(new SampleStream(5).Next(2));
        var loser = new SampleStream(5) { Row = static row => row with { Status = AccountStatus.Erased } };
        Assert.Equal(AppendResult.Conflict, await Store.Journal.AppendAsync(loser.Next(), Stop));
        Assert.Equal([5], await IdsAsync(All with { Status = AccountStatus.Active }));
    }

    [Fact]
    public async Task Each_status_is_listed_by_itself()
    {
        var statuses = Enum.GetValues<AccountStatus>();
        for (var i = 0; i < 40; i++)
        {
            var status = statuses[i % statuses.Length];
            await AppendAsync(new SampleStream(i + 1) { Row = row => row with { Status = status } }.Next());
        }

        for (var s = 0; s < statuses.Length; s++)
        {
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)((i * 4) + s + 1)),
                await IdsAsync(All with { Status = statuses[s] }));
        }
    }

    [Theory]
    [InlineData("al", new long[] { 1, 2, 3 })]
    [InlineData("ALI", new long[] { 1, 2 })]
    [InlineData("alice_1", new long[] { 2 })]
    [InlineData("a_", new long[] { 4 })]
    [InlineData("", new long[] { 1, 2, 3, 4, 5 })]
    [InlineData("zz", new long[] { })]
    public async Task A_handle_prefix_ignores_case_and_has_no_wildcards(string prefix, long[] expected)
    {
        foreach (var (id, handle) in new[] { (1, "Alice"), (2, "alice_1"), (3, "alfred"), (4, "A_b"), (5, "bob") })
        {
            await AppendAsync(new SampleStream(id) { Row = row => row with { Handle = handle } }.Next());
        }

        Assert.Equal(expected, await IdsAsync(All with { HandlePrefix = prefix }));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Protection_is_by_designation_or_by_reach(long reach)
    {
        await AccountsAsync(1, 2, 4);
        await AppendAsync(new SampleStream(3) { Row = static row => row with { Designated = true } }.Next());
        await FollowAsync(2, 3);
        await FollowAsync(4, 2);
        var byReach = reach == 3 ? new long[] { 2, 3 } : [3];
        Assert.Equal(byReach, await IdsAsync(All with { Tier = Tier.Protected, ProtectedReach = reach }));
        Assert.Equal(new long[] { 1, 2, 3, 4 }.Except(byReach),
            await IdsAsync(All with { Tier = Tier.Standard, ProtectedReach = reach }));
        Assert.Equal([3],
            Ids(
                await Store.Index.ListAccountsAsync(
                    All with { Tier = Tier.Protected, ProtectedReach = reach }, 2, 10, Stop)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Who_is_down_is_counted_by_status_and_tier(long reach)
    {
        Assert.Empty(await Store.Index.CountDownAsync(reach, Stop));
        foreach (var (id, status, designated, followers) in new[]
        {
            (1, AccountStatus.Active, true, 3), (2, AccountStatus.Suspended, false, 3), (3, AccountStatus.Suspended,
                true, 0), (4, AccountStatus.Suspended, false, 2),
            (5, AccountStatus.Erased, false, 0), (6, AccountStatus.Active, false, 0),
        })
        {
            await AppendAsync(
                new SampleStream(id) { Row = row => row with { Status = status, Designated = designated } }.Next());
            if (followers > 0)
            {
                await FollowAsync(id, followers);
            }
        }

        var down = (await Store.Index.CountDownAsync(reach, Stop)).OrderBy(static d => d.Status);
        Assert.Equal(
            [new DownCount(AccountStatus.Suspended, reach == 3 ? 1 : 2, reach == 3 ? 2 : 1),
                new DownCount(AccountStatus.Erased, 1, 0)], down);
    }

    [Fact]
    public async Task Followers_without_a_journal_are_no_account()
    {
        await FollowAsync(7, 3);
        Assert.Empty(await IdsAsync(All with { Tier = Tier.Protected, ProtectedReach = 1 }));
        Assert.Empty(await IdsAsync(All));
    }

    [Fact]
    public async Task Filters_combine()
    {
        await AppendAsync(
            new SampleStream(1)
            {
                Row = static r => r with { Handle = "kim", Status = AccountStatus.Suspended, Designated = true },
            }.Next());
        await AppendAsync(
            new SampleStream(2)
            {
                Row = static r => r with { Handle = "kimono", Status = AccountStatus.Suspended },
            }.Next());
        await AppendAsync(
            new SampleStream(3) { Row = static r => r with { Handle = "kimono", Designated = true } }.Next());
        Assert.Equal([1], await IdsAsync(new AccountFilter(AccountStatus.Suspended, Tier.Protected, "KI", 10)));
        Assert.Equal([2], await IdsAsync(new AccountFilter(AccountStatus.Suspended, Tier.Standard, "kim", 10)));
        Assert.Equal([3], await IdsAsync(new AccountFilter(AccountStatus.Active, Tier.Protected, "kimo", 10)));
    }

    [Fact]
    public async Task Pending_proposals_are_listed_by_account_and_by_proposer()
    {
        var (kim, lee) = (OperatorId.Parse("kim"), OperatorId.Parse("lee"));
        await AppendAsync(new SampleStream(1) { Row = r => r with { ProposalSequence = 1, ProposedBy = kim } }.Next());
        await AppendAsync(new SampleStream(2) { Row = r => r with { ProposalSequence = 1, ProposedBy = lee } }.Next());
        await AppendAsync(new SampleStream(3) { Row = r => r with { ProposalSequence = 2, ProposedBy = kim } }.Next(2));
        await AppendAsync(new SampleStream(4).Next());
        Assert.Equal(["1-1", "2-1", "3-2"],
            (await Store.Index.ListProposalsAsync(null, 0, 10, Stop)).Select(static p => p.ToString()));
        Assert.Equal(["1-1", "3-2"],
            (await Store.Index.ListProposalsAsync(kim, 0, 10, Stop)).Select(static p => p.ToString()));
        Assert.Equal(["3-2"],
            (await Store.Index.ListProposalsAsync(kim, 1, 10, Stop)).Select(static p => p.ToString()));
        Assert.Equal(["1-1"],
            (await Store.Index.ListProposalsAsync(null, 0, 1, Stop)).Select(static p => p.ToString()));
    }

    [Fact]
    public async Task Due_accounts_come_earliest_first_and_include_the_very_instant()
    {
        foreach (var (id, seconds) in new[] { (1, 30), (2, 10), (3, 20), (4, 31) })
        {
            await AppendAsync(
                new SampleStream(id) { Row = row => row with { DueAt = SampleStream.Day.AddSeconds(seconds) } }.Next());
        }

        await AccountsAsync(5);
        var now = SampleStream.Day.AddSeconds(30);
        Assert.Equal([2, 3, 1], Ids(await Store.Index.ListDueAsync(now, 10, Stop)));
        Assert.Equal([2, 3], Ids(await Store.Index.ListDueAsync(now.AddTicks(-10), 10, Stop)));
        Assert.Equal([2], Ids(await Store.Index.ListDueAsync(now, 1, Stop)));
    }

    [Fact]
    public async Task Operators_are_listed_ordinally_and_unfinished_offboardings_by_themselves()
    {
        foreach (var name in new[] { "lee", "Zoe", "kim", "kim2" })
        {
            await AppendAsync(new SampleStream(OperatorId.Parse(name)) { FreezePending = name == "kim" }.Next());
        }

        await AccountsAsync(1);
        Assert.Equal(["Zoe", "kim", "kim2", "lee"],
            (await Store.Index.ListOperatorsAsync("", 10, Stop)).Select(static o => o.Value));
        Assert.Equal(["kim2", "lee"],
            (await Store.Index.ListOperatorsAsync("kim", 10, Stop)).Select(static o => o.Value));
        Assert.Equal(["Zoe"], (await Store.Index.ListOperatorsAsync("", 1, Stop)).Select(static o => o.Value));
        Assert.Equal(
            ["kim"], (await Store.Index.ListOperatorsWithDueWorkAsync("", 10, Stop)).Select(static o => o.Value));
        Assert.Empty(await Store.Index.ListOperatorsWithDueWorkAsync("kim", 10, Stop));
    }

    private static IEnumerable<long> Ids(IEnumerable<AccountId> accounts) => accounts.Select(static a => a.Value);

    private async Task<IEnumerable<long>> IdsAsync(AccountFilter filter) =>
        Ids(await Store.Index.ListAccountsAsync(filter, 0, 1000, Stop));

    private async Task AccountsAsync(params long[] ids)
    {
        foreach (var id in ids)
        {
            await AppendAsync(new SampleStream(id).Next());
        }
    }

    private async Task FollowAsync(long account, int followers) => await Store.Ledger.ApplyAsync(
        new AccountId(account),
        [.. Enumerable.Range(1, followers).Select(static f => new FollowChange(new AccountId(f), true))],
        SampleStream.Day, Stop);
}
