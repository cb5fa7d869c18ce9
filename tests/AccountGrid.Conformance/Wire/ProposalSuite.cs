namespace AccountGrid.Conformance.Wire;

/// <summary>The second person.</summary>
public abstract class ProposalSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_protected_account_waits_for_a_second_person(Protocol protocol)
    {
        var (cast, id, proposal) = await ProposeAsync(protocol);
        Assert.Equal((V1.Proposal.Types.State.Open, V1.Proposal.Types.Action.Deactivate, id),
            (proposal.State, proposal.Action, proposal.Account));
        Assert.Equal((Topology.ProtectedReach, true, cast.Kim.Name),
            (proposal.ShownFollowers, proposal.ShownProtected, proposal.ProposedBy.Subject));
        var waiting = await cast.ReadAsync(id);
        Assert.Equal((V1.Account.Types.Status.Active, proposal), (waiting.Status, waiting.OpenProposal));
        Assert.Equal("SAME_PERSON", (await RefusedAsync(cast.Kim, proposal)).Reason);
        var wrong = new V1.Proposal { Id = proposal.Id, Digest = new string('0', 64) };
        var mismatch = await RefusedAsync(cast.Lee, wrong);
        Assert.Equal(("VERSION_MISMATCH", "digest"), (mismatch.Reason, Assert.Single(mismatch.Fields)));

        var approved = await cast.Lee.ApproveAsync(proposal);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Deactivated),
            (approved.Outcome, approved.Account.Status));
        var hold = Assert.Single(approved.Account.Holds);
        Assert.Equal((cast.Kim.Name, cast.Lee.Name), (hold.PlacedBy.Subject, hold.ApprovedBy));
        Assert.Null(approved.Account.OpenProposal);
        Assert.Equal("WRONG_STATUS",
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options))).Reason);
        var up = await cast.Kim.UpAsync(id);
        Assert.Equal((V1.Account.Types.Status.Active, (long)Topology.ProtectedReach),
            (up.Account.Status, up.Account.Followers.Count));
    }

    [Theory, BothProtocols]
    public async Task Somebody_rejects_it(Protocol protocol)
    {
        var (cast, id, proposal) = await ProposeAsync(protocol);
        var rejected = await cast.Lee.Wire.Proposals.RejectProposalAsync(
            new() { Id = proposal.Id, Note = "no" }, Options);
        Assert.Equal(V1.Account.Types.Status.Active, rejected.Account.Status);
        Assert.Null((await cast.ReadAsync(id)).OpenProposal);
        Assert.Equal("WRONG_STATUS", (await RefusedAsync(cast.Lee, proposal)).Reason);
    }

    [Theory, BothProtocols]
    public async Task Its_proposer_alone_withdraws_it(Protocol protocol)
    {
        var (cast, id, proposal) = await ProposeAsync(protocol);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(
                cast.Lee.Wire.Proposals.WithdrawProposalAsync(new() { Id = proposal.Id }, Options))).Reason);
        await cast.Kim.Wire.Proposals.WithdrawProposalAsync(new() { Id = proposal.Id, Note = "a mistake" }, Options);
        Assert.Null((await cast.ReadAsync(id)).OpenProposal);
        Assert.Equal("WRONG_STATUS", (await RefusedAsync(cast.Lee, proposal)).Reason);
    }

    [Theory, BothProtocols]
    public async Task It_is_void_once_the_account_moved(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var proposal =
            (await cast.Kim.Wire.Accounts.EraseAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options)).Proposal;

        // Not by the owner's own movement, or an owner could keep staff from acting.
        await cast.OwnerDownAsync(id);
        Assert.Equal(proposal.Id, (await cast.ReadAsync(id)).OpenProposal.Id);
        await cast.Lee.DownAsync(id);
        Assert.Equal("PROPOSAL_VOID", (await RefusedAsync(cast.Lee, proposal)).Reason);
        var account = await cast.ReadAsync(id);
        Assert.Equal(
            [V1.Hold.Types.Kind.OwnerDeactivation, V1.Hold.Types.Kind.StaffDeactivation],
            account.Holds.Select(static hold => hold.Kind));
        Assert.Null(account.OpenProposal);
    }

    [Theory, BothProtocols]
    public async Task It_is_void_once_its_proposer_left(Protocol protocol)
    {
        var cast = Meet(protocol);
        var leaver = cast.Meet("leaver", "support");
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        var proposal = (await leaver.DownAsync(id)).Proposal;
        await cast.OffboardAsync(leaver);
        Assert.Equal("PROPOSAL_VOID", (await RefusedAsync(cast.Lee, proposal)).Reason);
        await cast.EventAsync(id, "proposal-closed");
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
    }

    [Theory, BothProtocols]
    public async Task Without_the_wish_to_wait_none_is_opened(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        foreach (var error in new[]
        {
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.DeactivateAccountAsync(
                    new() { Id = id, Reason = "SPAM", DirectOnly = true }, Options)),
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.SuspendAccountAsync(
                    new() { Id = id, Reason = "SPAM", DirectOnly = true }, Options)),
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.EraseAccountAsync(
                    new() { Id = id, Reason = "SPAM", DirectOnly = true }, Options)),
        })
        {
            Assert.Equal("NEEDS_SECOND_PERSON", error.Reason);
        }

        Assert.Null((await cast.ReadAsync(id)).OpenProposal);
    }

    [Theory, BothProtocols]
    public async Task There_is_one_at_a_time(Protocol protocol)
    {
        var (cast, id, proposal) = await ProposeAsync(protocol);
        Assert.Equal("ALREADY_EXISTS",
            (await WireClient.ErrorAsync(
                cast.Lee.Wire.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "ABUSE" }, Options))).Reason);
        Assert.Equal(proposal, (await cast.ReadAsync(id)).OpenProposal);
    }

    [Theory, BothProtocols]
    public async Task What_waits_is_listed_by_its_proposer(Protocol protocol)
    {
        var (cast, _, proposal) = await ProposeAsync(protocol);
        var another = (await cast.Kim.DownAsync(await cast.RegisterAsync(Topology.ProtectedReach))).Proposal;
        var query = new V1.ListProposalsRequest { Filter = $"proposed_by = \"{cast.Kim.Name}\"", PageSize = 1 };
        var first = await cast.Lee.Wire.Proposals.ListProposalsAsync(query, Options);
        Assert.Equal(proposal, Assert.Single(first.Proposals));
        query.PageToken = first.NextPageToken;
        Assert.Equal(another,
            Assert.Single((await cast.Lee.Wire.Proposals.ListProposalsAsync(query, Options)).Proposals));
        await cast.Lee.Wire.Proposals.RejectProposalAsync(new() { Id = proposal.Id }, Options);
        await cast.Lee.Wire.Proposals.RejectProposalAsync(new() { Id = another.Id }, Options);
        query.PageToken = "";
        Assert.Empty((await cast.Lee.Wire.Proposals.ListProposalsAsync(query, Options)).Proposals);
    }

    [Theory, BothProtocols]
    public async Task Of_many_approvals_at_once_through_all_gateways_one_counts(Protocol protocol)
    {
        var (cast, id, proposal) = await ProposeAsync(protocol);
        var people = Enumerable.Range(0, 6).Select(_ => cast.Meet("second", "approver")).ToArray();
        var outcomes = await Task.WhenAll(people.Select(async person =>
        {
            try
            {
                return (await person.ApproveAsync(proposal)).Outcome.ToString();
            }
            catch (Grpc.Core.RpcException e)
            {
                return WireError.From(e).Reason;
            }
        }));
        Assert.Equal(["Done", .. Enumerable.Repeat("WRONG_STATUS", 5)], outcomes.Order(StringComparer.Ordinal));
        Assert.Single((await cast.ReadAsync(id)).Holds);
    }

    private async Task<(Cast Cast, long Id, V1.Proposal Proposal)> ProposeAsync(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        var pending = await cast.Kim.DownAsync(id);
        Assert.Equal(V1.Outcome.Pending, pending.Outcome);
        return (cast, id, pending.Proposal);
    }

    private static Task<WireError> RefusedAsync(Person person, V1.Proposal proposal) =>
        WireClient.ErrorAsync(
            person.Wire.Proposals.ApproveProposalAsync(new() { Id = proposal.Id, Digest = proposal.Digest }, Options));
}
