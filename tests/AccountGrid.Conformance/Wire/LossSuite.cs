namespace AccountGrid.Conformance.Wire;

/// <summary>How many followers a protected account may lose, and how two people let it lose more.</summary>
public abstract class LossSuite(Topology topology) : WireSuite(topology)
{
    private const int Followers = 2 * Topology.ProtectedReach;

    [Theory, BothProtocols]
    public async Task A_protected_account_loses_only_so_many_whatever_is_followed_meanwhile(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Followers);
        Assert.Equal(Topology.LossAtLeast, (await UnfollowAsync(cast, id, 1, Topology.LossAtLeast)).Changed);

        var refused = await UnfollowAsync(cast, id, 100, 3);
        Assert.Equal((3, 0, 3), (refused.Received, refused.Changed, refused.Failed));
        Assert.All(refused.Errors, static e => Assert.Equal("FOLLOWER_LOSS_LIMIT", e.Reason));
        var one = await WireClient.ErrorAsync(
            cast.Shop.Wire.Followers.DeleteFollowerAsync(new() { Account = id, Follower = 100 }, Options));
        Assert.Equal("FOLLOWER_LOSS_LIMIT", one.Reason);
        Assert.InRange(one.RetryDelay!.Value, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(66));
        await cast.Shop.Wire.Followers.PutFollowerAsync(new() { Account = id, Follower = 1 }, Options);

        var account = await cast.ReadAsync(id);
        Assert.Equal(Followers - Topology.LossAtLeast + 1, account.Followers.Count);
        Assert.Equal(Topology.LossAtLeast, account.FollowerLoss.Limit);
        Assert.NotNull(account.FollowerLoss.RefusedAt);
        Assert.Null((await cast.Shop.Wire.Accounts.GetAccountAsync(new() { Id = id }, Options)).FollowerLoss);
        var auditor = cast.Meet("auditor", "auditor");
        var journal = await auditor.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options);
        Assert.All(
            Assert.Single(journal.Entries, static e => e.Type == "follower-loss-refused").Data.Fields,
            static field => Assert.NotEqual("by", field.Key));
        Assert.Equal(V1.Actor.Types.Kind.System, journal.Entries[0].Actor.Kind);
    }

    [Theory, BothProtocols]
    public async Task Two_people_let_it_lose_more_so_many_and_so_long_and_one_ends_it(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Followers);
        await UnfollowAsync(cast, id, 1, Topology.LossAtLeast);
        var until = In(TimeSpan.FromHours(1));
        var asked = await cast.Kim.Wire.Accounts.AllowFollowerLossAsync(
            new() { Id = id, Reason = "SPAM", Followers = 20, Until = until }, Options);
        Assert.Equal(
            (V1.Outcome.Pending, V1.Proposal.Types.Action.AllowFollowerLoss, 20L),
            (asked.Outcome, asked.Proposal.Action, asked.Proposal.Followers));
        Assert.Equal(1, (await UnfollowAsync(cast, id, 100, 1)).Failed);
        Assert.Equal(
            "SAME_PERSON",
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Proposals.ApproveProposalAsync(new() { Id = asked.Proposal.Id }, Options))).Reason);
        var allowed = (await cast.Lee.ApproveAsync(asked.Proposal)).Account.FollowerLoss.Allowance;
        Assert.Equal(
            (20L, cast.Kim.Name, cast.Lee.Name), (allowed.Followers, allowed.PlacedBy.Subject, allowed.ApprovedBy));

        Assert.Equal(15, (await UnfollowAsync(cast, id, 100, 15)).Changed);
        Assert.Equal(6, (await UnfollowAsync(cast, id, 120, 6)).Failed);
        var closed = await cast.Lee.Wire.Accounts.CloseFollowerLossAsync(new() { Id = id, Reason = "ERROR" }, Options);
        Assert.Equal((V1.Outcome.Done, null), (closed.Outcome, closed.Account.FollowerLoss.Allowance));
        Assert.Equal(1, (await UnfollowAsync(cast, id, 120, 1)).Failed);
        Assert.Equal(
            "WRONG_STATUS",
            (await WireClient.ErrorAsync(
                cast.Lee.Wire.Accounts.CloseFollowerLossAsync(new() { Id = id, Reason = "ERROR" }, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task The_undo_of_either_persons_acts_ends_it(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Followers);
        var asked = await cast.Kim.Wire.Accounts.AllowFollowerLossAsync(
            new() { Id = id, Reason = "SPAM", Followers = 20, Until = In(TimeSpan.FromHours(1)) }, Options);
        await cast.Lee.ApproveAsync(asked.Proposal);
        var undone = await cast.Kim.Wire.Operators.UndoOperatorAsync(
            new() { Id = cast.Lee.Name, Since = In(TimeSpan.FromHours(-1)) }, Options);
        Assert.Contains(id, undone.RestoredIds);
        Assert.Null((await cast.ReadAsync(id)).FollowerLoss.Allowance);
    }

    [Theory, BothProtocols]
    public async Task What_is_asked_must_be_within_bounds_and_of_a_protected_account(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (standard, id) = (await cast.RegisterAsync(), await cast.RegisterAsync(Topology.ProtectedReach));
        var hour = In(TimeSpan.FromHours(1));
        Assert.Equal("WRONG_STATUS", (await ErrorOfAsync(new() { Id = standard, Followers = 1, Until = hour })).Reason);
        Assert.Equal(["followers"], (await ErrorOfAsync(new() { Id = id, Until = hour })).Fields);
        Assert.Equal(["until"], (await ErrorOfAsync(new() { Id = id, Followers = 1 })).Fields);
        Assert.Equal(
            ["until"],
            (await ErrorOfAsync(new() { Id = id, Followers = 1, Until = In(TimeSpan.FromDays(8)) })).Fields);

        Task<WireError> ErrorOfAsync(V1.AllowFollowerLossRequest request)
        {
            request.Reason = "SPAM";
            return WireClient.ErrorAsync(cast.Kim.Wire.Accounts.AllowFollowerLossAsync(request, Options));
        }
    }

    private static Task<V1.IngestFollowsResponse> UnfollowAsync(Cast cast, long id, int first, int count) =>
        cast.IngestAsync(
            Enumerable.Range(first, count).Select(f => Cast.FollowOf(id, f, V1.Follow.Types.Op.Unfollow)));
}
