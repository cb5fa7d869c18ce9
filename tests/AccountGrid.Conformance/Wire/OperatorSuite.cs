using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>People and their powers, which end everywhere at once.</summary>
public abstract class OperatorSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task Operators_are_enrolled_read_and_listed(Protocol protocol)
    {
        var cast = Meet(protocol);
        var name = Topology.FreshName("aaa");
        var asked = await cast.Kim.Wire.Operators.EnrollOperatorAsync(
            new() { Id = name, DisplayName = "A Person", Roles = { V1.Role.Support, V1.Role.Auditor } }, Options);
        var enrolled = (await cast.Lee.ApproveAsync(asked.Proposal)).Operator;
        Assert.Equal((name, "A Person", V1.Operator.Types.Standing.Active),
            (enrolled.Id, enrolled.DisplayName, enrolled.Standing));
        Assert.Equal([V1.Role.Support, V1.Role.Auditor], enrolled.Roles);
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal(enrolled, await cast.Lee.At(gateway).Operators.GetOperatorAsync(new() { Id = name }, Options));
        }

        var all = new List<string>();
        var token = "";
        do
        {
            var page = await cast.Kim.Wire.Operators.ListOperatorsAsync(
                new() { PageSize = 100, PageToken = token }, Options);
            all.AddRange(page.Operators.Select(static o => o.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Contains(name, all);
        Assert.Contains(cast.Kim.Name, all);
        Assert.Equal(all.Distinct().Order(StringComparer.Ordinal), all);
    }

    [Theory, BothProtocols]
    public async Task Only_an_admin_enrols_and_offboards(Protocol protocol)
    {
        var cast = Meet(protocol);
        var mo = cast.Meet("mo", "support", "approver", "auditor");
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(
                mo.Wire.Operators.EnrollOperatorAsync(
                    new() { Id = mo.Name, Roles = { V1.Role.Admin } }, Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(
                mo.Wire.Operators.OffboardOperatorAsync(new() { Id = mo.Name }, Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(
                cast.Shop.Wire.Operators.OffboardOperatorAsync(new() { Id = mo.Name }, Options))).Reason);
        Assert.Equal(V1.Operator.Types.Standing.Active,
            (await cast.Kim.Wire.Operators.GetOperatorAsync(new() { Id = mo.Name }, Options)).Standing);
    }

    [Theory, BothProtocols]
    public async Task Whoever_was_offboarded_is_refused_at_every_gateway_at_once_whatever_the_token_says(
        Protocol protocol)
    {
        var cast = Meet(protocol);
        var mo = cast.Meet("mo", "support", "approver", "auditor", "admin");
        var id = await cast.RegisterAsync();
        var down = await cast.RegisterAsync();
        var protectedOne = await cast.RegisterAsync(Topology.ProtectedReach);
        var pending = (await cast.Kim.DownAsync(protectedOne)).Proposal;
        await mo.DownAsync(down);
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal(id, (await mo.At(gateway).Accounts.GetAccountAsync(new() { Id = id }, Options)).Id);
        }

        Assert.Equal(V1.Operator.Types.Standing.Ended, (await cast.OffboardAsync(mo)).Standing);
        foreach (var gateway in Grid.Everywhere)
        {
            var at = mo.At(gateway);
            foreach (var error in new[]
            {
                await WireClient.ErrorAsync(at.Accounts.GetAccountAsync(new() { Id = id }, Options)),
                await WireClient.ErrorAsync(at.Audit.ListAuditEntriesAsync(new(), Options)),
                await WireClient.ErrorAsync(
                    at.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options)),
                await WireClient.ErrorAsync(
                    at.Accounts.RestoreAccountAsync(new() { Id = down, Reason = "ERROR" }, Options)),
                await WireClient.ErrorAsync(at.Proposals.ApproveProposalAsync(new() { Id = pending.Id }, Options)),
                await WireClient.ErrorAsync(at.Operators.OffboardOperatorAsync(new() { Id = cast.Lee.Name }, Options)),
                await at.GetErrorAsync("/v1/events"),
            })
            {
                Assert.Equal("AUTHORITY_ENDED", error.Reason);
            }
        }

        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(protectedOne)).Status);
    }

    [Theory, BothProtocols]
    public async Task In_notice_a_person_heals_and_proposes_but_neither_harms_alone_nor_approves(Protocol protocol)
    {
        var cast = Meet(protocol);
        var leaver = await cast.EnrollAsync(
            "leaver", TimeProvider.System.GetUtcNow().AddDays(5), V1.Role.Support, V1.Role.Approver);
        Assert.Equal(V1.Operator.Types.Standing.Notice,
            (await cast.Kim.Wire.Operators.GetOperatorAsync(new() { Id = leaver.Name }, Options)).Standing);
        var id = await cast.RegisterAsync();
        var proposed = await leaver.DownAsync(id);
        Assert.Equal(V1.Outcome.Pending, proposed.Outcome);
        Assert.Equal(V1.Outcome.Done, (await cast.Kim.ApproveAsync(proposed.Proposal)).Outcome);
        Assert.Equal(V1.Outcome.Done, (await leaver.UpAsync(id)).Outcome);
        var erase =
            (await cast.Kim.Wire.Accounts.EraseAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options)).Proposal;
        Assert.Equal("NOTICE_PERIOD",
            (await WireClient.ErrorAsync(
                leaver.Wire.Proposals.ApproveProposalAsync(new() { Id = erase.Id }, Options))).Reason);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
    }

    [Theory, BothProtocols]
    public async Task Authority_ends_by_itself_at_its_instant(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();

        // The first command of a person enrols that person, which takes seconds where silos have just started: the end
        // of authority, an instant soon after this, was over before the command arrived.
        await cast.EnrollAsync("earlier", authorityEndsAt: null, V1.Role.Support);
        var leaver = await cast.EnrollAsync("leaver", TimeProvider.System.GetUtcNow().AddSeconds(4), V1.Role.Support);
        var first = leaver.At(Grid.Gateways[0]);

        // Nothing tells that the instant has passed: the person is asked over and over. Once refused anywhere is
        // refused everywhere.
        WireError? error = null;
        while (error is null)
        {
            try
            {
                await first.Accounts.GetAccountAsync(new() { Id = id }, Options);
            }
            catch (RpcException e)
            {
                error = WireError.From(e);
            }
        }

        Assert.Equal("AUTHORITY_ENDED", error.Reason);
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal("AUTHORITY_ENDED",
                (await WireClient.ErrorAsync(
                    leaver.At(gateway).Accounts.GetAccountAsync(new() { Id = id }, Options))).Reason);
            Assert.Equal("AUTHORITY_ENDED",
                (await WireClient.ErrorAsync(
                    leaver.At(gateway).Accounts.DeactivateAccountAsync(
                        new() { Id = id, Reason = "SPAM" }, Options))).Reason);
        }
    }

    [Theory, BothProtocols]
    public async Task A_role_counts_only_if_the_register_grants_it_too(Protocol protocol)
    {
        var cast = Meet(protocol);
        var ann = await cast.EnrollAsync("ann", TimeProvider.System.GetUtcNow().AddDays(300), V1.Role.Support);
        await ann.Wire.Operators.ListOperatorsAsync(new(), Options);
        var id = await cast.RegisterAsync();
        var proposal =
            (await cast.Kim.Wire.Accounts.EraseAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options)).Proposal;
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(ann.Wire.Audit.ListAuditEntriesAsync(new(), Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(
                ann.Wire.Proposals.ApproveProposalAsync(new() { Id = proposal.Id }, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task What_raises_power_takes_two_admins_and_neither_is_the_person(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (ann, bob) = (cast.Meet("ann", "admin"), cast.Meet("bob", "admin"));
        var mo = cast.Meet("mo", "auditor");
        await mo.Wire.Operators.GetOperatorAsync(new() { Id = mo.Name }, Options);
        await bob.Wire.Operators.ListOperatorsAsync(new(), Options);
        var asked = await ann.Wire.Operators.EnrollOperatorAsync(
            new() { Id = mo.Name, Roles = { V1.Role.Auditor, V1.Role.Support }, Note = "helps out" }, Options);
        Assert.Equal(
            (V1.Outcome.Pending, V1.Proposal.Types.Action.Enroll, mo.Name, "helps out"),
            (asked.Outcome, asked.Proposal.Action, asked.Proposal.Operator, asked.Proposal.Note));
        Assert.Equal([V1.Role.Auditor], asked.Operator.Roles);

        var approve = new V1.ApproveProposalRequest { Id = asked.Proposal.Id, Digest = asked.Proposal.Digest };
        Assert.Equal("SAME_PERSON",
            (await WireClient.ErrorAsync(ann.Wire.Proposals.ApproveProposalAsync(approve, Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(mo.Wire.Proposals.ApproveProposalAsync(approve, Options))).Reason);
        Assert.Equal("SAME_PERSON", (await WireClient.ErrorAsync(ann.Wire.Operators.EnrollOperatorAsync(
            new() { Id = ann.Name, Roles = { V1.Role.Admin, V1.Role.Support } }, Options))).Reason);
        Assert.Equal(
            asked.Proposal,
            (await bob.Wire.Operators.GetOperatorAsync(new() { Id = mo.Name }, Options)).OpenProposal);

        var done = await bob.Wire.Proposals.ApproveProposalAsync(approve, Options);
        Assert.Equal(V1.Outcome.Done, done.Outcome);
        Assert.Equal([V1.Role.Support, V1.Role.Auditor], done.Operator.Roles);
    }

    [Theory, BothProtocols]
    public async Task Changes_of_power_are_listed_rejected_and_withdrawn_like_any_proposal(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (ann, bob) = (cast.Meet("ann", "admin"), cast.Meet("bob", "admin"));
        var about = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            about.Add((await ann.Wire.Operators.EnrollOperatorAsync(
                new() { Id = Topology.FreshName("new"), Roles = { V1.Role.Support } }, Options)).Proposal.Id);
        }

        var listed = new List<string>();
        for (var (token, isFirst) = ("", true); isFirst || token.Length > 0; isFirst = false)
        {
            var page = await bob.Wire.Proposals.ListProposalsAsync(
                new() { Filter = $"proposed_by = \"{ann.Name}\"", PageSize = 2, PageToken = token }, Options);
            Assert.InRange(page.Proposals.Count, 0, 2);
            listed.AddRange(page.Proposals.Select(static p => p.Id));
            token = page.NextPageToken;
        }

        Assert.Equal(about.Order(StringComparer.Ordinal), listed);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            bob.Wire.Proposals.WithdrawProposalAsync(new() { Id = about[0] }, Options))).Reason);
        await ann.Wire.Proposals.WithdrawProposalAsync(new() { Id = about[0] }, Options);
        await bob.Wire.Proposals.RejectProposalAsync(new() { Id = about[1], Note = "unknown to me" }, Options);
        Assert.Equal("WRONG_STATUS", (await WireClient.ErrorAsync(
            bob.Wire.Proposals.ApproveProposalAsync(new() { Id = about[1] }, Options))).Reason);
        Assert.Equal("NOT_FOUND", (await WireClient.ErrorAsync(
            bob.Wire.Proposals.ApproveProposalAsync(new() { Id = $"{ann.Name}~99" }, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task A_request_id_and_an_etag_work_as_on_accounts(Protocol protocol)
    {
        var cast = Meet(protocol);
        var mo = cast.Meet("mo", "auditor");
        var seen = await mo.Wire.Operators.GetOperatorAsync(new() { Id = mo.Name }, Options);
        var request = new V1.OffboardOperatorRequest
        {
            Id = mo.Name,
            AuthorityEndsAt = In(TimeSpan.FromDays(40)),
            RequestId = "off-1",
            Etag = seen.Etag,
        };
        var first = await cast.Kim.Wire.Operators.OffboardOperatorAsync(request, Options);
        var again = await cast.Kim.Wire.Operators.OffboardOperatorAsync(request, Options);
        Assert.Equal((V1.Outcome.Done, first.Operator.Etag), (again.Outcome, again.Operator.Etag));
        Assert.Equal("REQUEST_ID_CONFLICT", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Operators.OffboardOperatorAsync(new(request) { Note = "other" }, Options))).Reason);
        Assert.Equal("VERSION_MISMATCH", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Operators.OffboardOperatorAsync(new(request) { RequestId = "off-2" }, Options))).Reason);
    }

    // A proposal of a person whose authority had ended could be approved after that person was enrolled again, and by
    // an approver who was enrolled after the proposal.
    [Theory, BothProtocols]
    public async Task What_was_proposed_in_a_former_authority_stays_void_and_a_later_approver_does_not_count(
        Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var leaver = await cast.EnrollAsync("leaver", null, V1.Role.Support);
        var erase = (await leaver.Wire.Accounts.EraseAccountAsync(
            new() { Id = id, Reason = "LEGAL" }, Options)).Proposal;
        var late = await cast.EnrollAsync("late", null, V1.Role.Approver);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            late.Wire.Proposals.ApproveProposalAsync(new() { Id = erase.Id }, Options))).Reason);

        await cast.OffboardAsync(leaver);
        var back = await cast.Kim.Wire.Operators.EnrollOperatorAsync(
            new() { Id = leaver.Name, Roles = { V1.Role.Support } }, Options);
        await cast.Lee.ApproveAsync(back.Proposal);
        Assert.Equal("PROPOSAL_VOID", (await WireClient.ErrorAsync(
            cast.Lee.Wire.Proposals.ApproveProposalAsync(new() { Id = erase.Id }, Options))).Reason);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
    }
}
