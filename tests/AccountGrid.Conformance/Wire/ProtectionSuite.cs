namespace AccountGrid.Conformance.Wire;

/// <summary>Raising and lowering the tier.</summary>
public abstract class ProtectionSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task One_person_raises_it_with_an_owner_and_a_review_date(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var review = In(TimeSpan.FromDays(30));
        var raised = await cast.Kim.Wire.Accounts.ProtectAccountAsync(
            new() { Id = id, Reason = "LEGAL", Owner = cast.Lee.Name, ReviewAt = review }, Options);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Tier.Protected), (raised.Outcome, raised.Account.Tier));
        Assert.Equal((cast.Lee.Name, "LEGAL"), (raised.Account.Protection.Owner, raised.Account.Protection.Reason));
        Assert.True((raised.Account.Protection.ReviewAt.ToDateTimeOffset() - review.ToDateTimeOffset()).Duration()
            < TimeSpan.FromMilliseconds(1));
        var renewed = await cast.Lee.Wire.Accounts.ProtectAccountAsync(new() { Id = id, Reason = "OTHER" }, Options);
        Assert.Equal((cast.Lee.Name, "OTHER"), (renewed.Account.Protection.Owner, renewed.Account.Protection.Reason));
        Assert.Equal(V1.Outcome.Pending, (await cast.Kim.DownAsync(id)).Outcome);
    }

    [Theory, BothProtocols]
    public async Task Reach_alone_protects(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach - 1);
        Assert.Equal(V1.Account.Types.Tier.Standard, (await cast.ReadAsync(id)).Tier);
        await cast.Shop.Wire.Followers.PutFollowerAsync(new() { Account = id, Follower = Topology.FreshId() }, Options);
        var account = await cast.ReadAsync(id);
        Assert.Equal(V1.Account.Types.Tier.Protected, account.Tier);
        Assert.Null(account.Protection);
        Assert.NotNull(account.ReachProtection.Since);
        Assert.Null(account.ReachProtection.BelowSince);
        Assert.Equal(V1.Outcome.Pending, (await cast.Kim.DownAsync(id)).Outcome);
    }

    // A service unfollowed 600 of 1,500 at a threshold of 1,000; one person then took the account down alone, and the
    // followers came back.
    [Theory, BothProtocols]
    public async Task An_account_whose_followers_are_gone_still_takes_two(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        await cast.IngestAsync(Enumerable.Range(1, Topology.ProtectedReach / 2)
            .Select(f => Cast.FollowOf(id, f, V1.Follow.Types.Op.Unfollow)));
        var account = await cast.ReadAsync(id);
        Assert.Equal((Topology.ProtectedReach / 2, V1.Account.Types.Tier.Protected),
            (account.Followers.Count, account.Tier));
        Assert.Equal(TimeSpan.FromDays(30),
            account.ReachProtection.EndsAt.ToDateTimeOffset() - account.ReachProtection.BelowSince.ToDateTimeOffset());
        var found = await cast.Kim.Wire.Accounts.ListAccountsAsync(
            new() { Filter = $"tier = PROTECTED AND handle = \"{account.Handle}*\"" }, Options);
        Assert.Equal(id, Assert.Single(found.Accounts).Id);
        Assert.Equal(V1.Outcome.Pending, (await cast.Kim.DownAsync(id)).Outcome);
        var auditor = cast.Meet("auditor", "auditor");
        var journal = await auditor.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options);
        Assert.Equal(
            ["proposal-opened", "reach-below", "followers-lost", "loss-baseline", "reach-protected", "registered"],
            journal.Entries.Select(static e => e.Type));
    }

    [Theory, BothProtocols]
    public async Task Two_people_lower_it_after_a_while_in_which_it_can_be_taken_back(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        Assert.Equal("WRONG_STATUS",
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.UnprotectAccountAsync(new() { Id = id, Reason = "OTHER" }, Options))).Reason);
        await cast.Kim.Wire.Accounts.ProtectAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options);
        var pending = await cast.Kim.Wire.Accounts.UnprotectAccountAsync(new() { Id = id, Reason = "OTHER" }, Options);
        Assert.Equal((V1.Outcome.Pending, V1.Proposal.Types.State.Open), (pending.Outcome, pending.Proposal.State));
        var approved = await cast.Lee.ApproveAsync(pending.Proposal);
        Assert.Equal((V1.Outcome.Pending, V1.Proposal.Types.State.Scheduled),
            (approved.Outcome, approved.Proposal.State));
        Assert.Equal((cast.Lee.Name, V1.Account.Types.Tier.Protected),
            (approved.Proposal.ApprovedBy, approved.Account.Tier));

        var lowered = await cast.EventAsync(id, "protection-lowered");
        Assert.Equal(V1.Actor.Types.Kind.System, lowered.Actor.Kind);
        Assert.True(lowered.At.ToDateTimeOffset() >= approved.Proposal.DueAt.ToDateTimeOffset());
        var account = await cast.ReadAsync(id);
        Assert.Equal(V1.Account.Types.Tier.Standard, account.Tier);
        Assert.Null(account.Protection);
        Assert.Equal(V1.Outcome.Done, (await cast.Kim.DownAsync(id)).Outcome);
    }
}
