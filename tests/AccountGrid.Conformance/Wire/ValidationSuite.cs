using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Conformance.Wire;

/// <summary>Commands that are only validated (AIP-163): the answer of the command, and nothing else happens.</summary>
public abstract class ValidationSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_harm_that_one_person_may_do(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 3);
        var before = await cast.ReadAsync(id);
        var request = new V1.SuspendAccountRequest
        {
            Id = id,
            Reason = "SPAM",
            RequestId = "r1",
            Until = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeSeconds(
                DateTimeOffset.UtcNow.AddDays(7).ToUnixTimeSeconds())),
            ValidateOnly = true,
        };
        for (var i = 0; i < 2; i++)
        {
            var answer = await cast.Kim.Wire.Accounts.SuspendAccountAsync(request, Options);
            Assert.Equal((V1.Outcome.Done, before), (answer.Outcome, answer.Account));
            var after = answer.Preview.Account;
            Assert.Equal((V1.Account.Types.Status.Suspended, 0L, ""), (after.Status, after.Version, after.Etag));
            Assert.Equal((cast.Kim.Name, request.Until),
                (Assert.Single(after.Holds).PlacedBy.Subject, after.Holds[0].Until));
            Assert.Equal(new V1.BudgetLeft { Harms = Topology.MaxHarms, Reach = Topology.MaxReach },
                answer.Preview.BudgetLeft);
            Assert.Equal(V1.Role.Unspecified, answer.Preview.SecondPerson);
        }

        Assert.Equal(before, await cast.ReadAsync(id));
        Assert.Single((await cast.Kim.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options)).Entries);

        // The request id is free for the command itself.
        request.ValidateOnly = false;
        var done = await cast.Kim.Wire.Accounts.SuspendAccountAsync(request, Options);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Suspended, null),
            (done.Outcome, done.Account.Status, done.Preview));
    }

    [Theory, BothProtocols]
    public async Task A_harm_that_waits_and_its_approval(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: Topology.ProtectedReach);
        var asked = await cast.Kim.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "SPAM", ValidateOnly = true }, Options);
        Assert.Equal((V1.Outcome.Pending, "", V1.Role.Approver, null),
            (asked.Outcome, asked.Proposal.Id, asked.Preview.SecondPerson, asked.Account.OpenProposal));
        Assert.Equal((asked.Proposal, null), (asked.Preview.Account.OpenProposal, asked.Preview.BudgetLeft));
        Assert.Null((await cast.ReadAsync(id)).OpenProposal);
        Assert.Equal("NEEDS_SECOND_PERSON", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "SPAM", DirectOnly = true, ValidateOnly = true }, Options))).Reason);

        var proposal = (await cast.Kim.DownAsync(id)).Proposal;
        var approve = new V1.ApproveProposalRequest
        {
            Id = proposal.Id,
            Digest = proposal.Digest,
            ValidateOnly = true,
        };
        Assert.Equal("SAME_PERSON", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Proposals.ApproveProposalAsync(approve, Options))).Reason);
        var approved = await cast.Lee.Wire.Proposals.ApproveProposalAsync(approve, Options);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Deactivated),
            (approved.Outcome, approved.Preview.Account.Status));
        var rejected = await cast.Lee.Wire.Proposals.RejectProposalAsync(
            new() { Id = proposal.Id, ValidateOnly = true }, Options);
        Assert.Null(rejected.Preview.Account.OpenProposal);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(cast.Lee.Wire.Proposals.WithdrawProposalAsync(
            new() { Id = proposal.Id, ValidateOnly = true }, Options))).Reason);
        await cast.Kim.Wire.Proposals.WithdrawProposalAsync(new() { Id = proposal.Id, ValidateOnly = true }, Options);
        var now = await cast.ReadAsync(id);
        Assert.Equal((V1.Account.Types.Status.Active, proposal), (now.Status, now.OpenProposal));
        Assert.Equal(V1.Outcome.Done, (await cast.Lee.ApproveAsync(proposal)).Outcome);
    }

    [Theory, BothProtocols]
    public async Task Every_action_at_once(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        Assert.Equal(
            [
                "deactivate: DONE", "suspend: DONE", "change_suspension: WRONG_STATUS", "restore: WRONG_STATUS",
                "erase: PENDING APPROVER", "protect: DONE", "unprotect: WRONG_STATUS",
                "allow_follower_loss: WRONG_STATUS", "close_follower_loss: WRONG_STATUS",
            ],
            await ActionsAsync(cast.Kim, id));
        var proposal = (await cast.Kim.Wire.Accounts.EraseAccountAsync(
            new() { Id = id, Reason = "LEGAL" }, Options)).Proposal;
        Assert.Equal(
            ["approve: SAME_PERSON", "reject: DONE", "withdraw: DONE"], (await ActionsAsync(cast.Kim, id))[^3..]);
        Assert.Equal(
            ["approve: DONE", "reject: DONE", "withdraw: FORBIDDEN_ROLE"], (await ActionsAsync(cast.Lee, id))[^3..]);
        Assert.All(
            await ActionsAsync(cast.Meet("mo", "auditor"), id),
            static action => Assert.Contains(": FORBIDDEN_ROLE", action, StringComparison.Ordinal));
        Assert.Equal(proposal, (await cast.ReadAsync(id)).OpenProposal);
        Assert.Equal("NOT_FOUND", (await WireClient.ErrorAsync(cast.Kim.Wire.Accounts.ListAccountActionsAsync(
            new() { Id = Topology.FreshId() }, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task Every_action_on_a_person_at_once(Protocol protocol)
    {
        var cast = Meet(protocol);
        var name = Topology.FreshName("new");
        Assert.Equal(["enroll: PENDING ADMIN", "offboard: NOT_FOUND"], await ActionsAsync(cast.Kim, name));
        var proposal = (await cast.Kim.Wire.Operators.EnrollOperatorAsync(
            new() { Id = name, Roles = { V1.Role.Support } }, Options)).Proposal;
        Assert.Equal(
            ["approve: SAME_PERSON", "reject: DONE", "withdraw: DONE"], (await ActionsAsync(cast.Kim, name))[^3..]);
        Assert.Equal(
            ["approve: DONE", "reject: DONE", "withdraw: FORBIDDEN_ROLE"], (await ActionsAsync(cast.Lee, name))[^3..]);
        await cast.Lee.ApproveAsync(proposal);
        Assert.Equal(["enroll: PENDING ADMIN", "offboard: DONE"], await ActionsAsync(cast.Kim, name));
        Assert.Equal(
            ["enroll: FORBIDDEN_ROLE", "offboard: FORBIDDEN_ROLE"],
            await ActionsAsync(cast.Meet("mo", "support"), name));
    }

    private static async Task<string[]> ActionsAsync(Person person, long id) =>
        TextOf((await person.Wire.Accounts.ListAccountActionsAsync(new() { Id = id }, Options)).Actions);

    private static async Task<string[]> ActionsAsync(Person person, string id) =>
        TextOf((await person.Wire.Operators.ListOperatorActionsAsync(new() { Id = id }, Options)).Actions);

    private static string[] TextOf(IEnumerable<V1.ActionPreview> actions) =>
        [.. actions.Select(
            static a => $"{a.Action}: {(a.Refusal.Length > 0 ? a.Refusal : a.Outcome.ToString().ToUpperInvariant())}"
                + (a.SecondPerson == V1.Role.Unspecified ? "" : $" {a.SecondPerson.ToString().ToUpperInvariant()}"))];

    [Theory, BothProtocols]
    public async Task A_refusal_leaves_no_entry(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var mo = cast.Meet("mo", "auditor");
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(mo.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "SPAM", ValidateOnly = true }, Options))).Reason);
        Assert.Equal("VERSION_MISMATCH", (await WireClient.ErrorAsync(cast.Kim.Wire.Accounts.ProtectAccountAsync(
            new() { Id = id, Reason = "LEGAL", Etag = "s7", ValidateOnly = true }, Options))).Reason);
        Assert.Equal("WRONG_STATUS", (await WireClient.ErrorAsync(cast.Kim.Wire.Accounts.RestoreAccountAsync(
            new() { Id = id, Reason = "ERROR", RequestId = "r1", ValidateOnly = true }, Options))).Reason);
        var field = await WireClient.ErrorAsync(cast.Kim.Wire.Accounts.EraseAccountAsync(
            new() { Id = id, Reason = "no reason", ValidateOnly = true }, Options));
        Assert.Equal(("INVALID_ARGUMENT", "reason"), (field.Reason, Assert.Single(field.Fields)));
        Assert.Single((await cast.Kim.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options)).Entries);
    }

    [Theory, BothProtocols]
    public async Task Many_at_once_take_nothing_of_the_budget(Protocol protocol)
    {
        var cast = Meet(protocol);
        var ids = new List<long>();
        for (var i = 0; i < Topology.MaxHarms; i++)
        {
            ids.Add(await cast.RegisterAsync());
        }

        // So that the person is enrolled.
        await cast.ReadAsync(ids[0]);
        var validated = Task.WhenAll(Enumerable.Range(0, 100).Select(i => ErrorOfAsync(
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = ids[i % ids.Count], Reason = "SPAM", ValidateOnly = true }, Options).ResponseAsync)));
        var done = await Task.WhenAll(ids.Select(cast.Kim.DownAsync));
        Assert.All(done, static answer => Assert.Equal(V1.Outcome.Done, answer.Outcome));
        Assert.All(await validated, static reason => Assert.Contains(reason, (string?[])[
            null, "WRONG_STATUS", "BUDGET_EXCEEDED"]));
    }

    [Theory, BothProtocols]
    public async Task Of_a_service_for_an_owner(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var answer = await cast.Shop.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "OWNER_REQUEST", Owner = true, ValidateOnly = true }, Options);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Deactivated),
            (answer.Outcome, answer.Preview.Account.Status));
        Assert.Equal(
            new V1.BudgetLeft { Harms = Topology.ServiceMaxHarms, Reach = Topology.ServiceMaxReach },
            answer.Preview.BudgetLeft);
        Assert.Null(Assert.Single(answer.Preview.Account.Holds).PlacedBy);

        var fresh = Topology.FreshId();
        var register = new V1.RegisterAccountRequest { Id = fresh, Handle = "user", ValidateOnly = true };
        Assert.Null((await cast.Shop.Wire.Accounts.RegisterAccountAsync(register, Options)).Account);
        Assert.Equal("NOT_FOUND", (await WireClient.ErrorAsync(
            cast.Shop.Wire.Accounts.GetAccountAsync(new() { Id = fresh }, Options))).Reason);
        register.Id = id;
        Assert.Equal("ALREADY_EXISTS", (await WireClient.ErrorAsync(
            cast.Shop.Wire.Accounts.RegisterAccountAsync(register, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task Of_admins(Protocol protocol)
    {
        var cast = Meet(protocol);
        var name = Topology.FreshName("new");
        var enrolled = await cast.Kim.Wire.Operators.EnrollOperatorAsync(
            new() { Id = name, Roles = { V1.Role.Support }, ValidateOnly = true }, Options);
        Assert.Equal((V1.Outcome.Pending, null, "", name),
            (enrolled.Outcome, enrolled.Operator, enrolled.Proposal.Id, enrolled.Proposal.Operator));
        Assert.Equal("NOT_FOUND", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Operators.GetOperatorAsync(new() { Id = name }, Options))).Reason);

        var max = await cast.EnrollAsync("max", null, V1.Role.Support);
        var before = await cast.Lee.Wire.Operators.GetOperatorAsync(new() { Id = max.Name }, Options);
        var offboarded = await cast.Kim.Wire.Operators.OffboardOperatorAsync(
            new() { Id = max.Name, ValidateOnly = true }, Options);
        Assert.Equal((V1.Outcome.Done, before, V1.Operator.Types.Standing.Ended, ""),
            (offboarded.Outcome, offboarded.Operator, offboarded.Preview.Standing, offboarded.Preview.Etag));
        Assert.Equal(before, await cast.Lee.Wire.Operators.GetOperatorAsync(new() { Id = max.Name }, Options));
        Assert.Equal("WRONG_STATUS", (await WireClient.ErrorAsync(cast.Lee.Wire.Brake.ReleaseBrakeAsync(
            new() { Note = "all is well", ValidateOnly = true }, Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task Of_the_second_admin(Protocol protocol)
    {
        var cast = Meet(protocol);
        var name = Topology.FreshName("new");
        var proposal = (await cast.Kim.Wire.Operators.EnrollOperatorAsync(
            new() { Id = name, Roles = { V1.Role.Support } }, Options)).Proposal;
        var approve = new V1.ApproveProposalRequest { Id = proposal.Id, ValidateOnly = true };
        Assert.Equal("SAME_PERSON", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Proposals.ApproveProposalAsync(approve, Options))).Reason);
        var approved = await cast.Lee.Wire.Proposals.ApproveProposalAsync(approve, Options);
        Assert.Equal((V1.Outcome.Done, name, V1.Operator.Types.Standing.Active),
            (approved.Outcome, approved.OperatorPreview.Id, approved.OperatorPreview.Standing));
        Assert.Equal(V1.Operator.Types.Standing.Ended,
            (await cast.Kim.Wire.Operators.GetOperatorAsync(new() { Id = name }, Options)).Standing);
        Assert.Equal(name, (await cast.Lee.ApproveAsync(proposal)).Operator.Id);
    }

    [Theory, BothProtocols]
    public async Task Of_the_policy(Protocol protocol)
    {
        var cast = Meet(protocol);
        var request = new V1.ProposePolicyRequest
        {
            Settings = { new V1.PolicyValue { Name = "Operators:PowerProposalLifetime", Value = "3.00:00:00" } },
            ValidateOnly = true,
        };

        // Other tests propose too; one of theirs may wait.
        var answer = await ErrorOfAsync(ProposeAsync());
        Assert.Contains(answer, (string?[])[null, "ALREADY_EXISTS"]);
        request.Settings[0].Value = "not a time";
        Assert.Equal("INVALID_ARGUMENT", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options))).Reason);

        async Task ProposeAsync()
        {
            var proposed = await cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options);
            var pending = proposed.Preview.OpenProposal;
            Assert.Equal((V1.Outcome.Pending, 0L, cast.Kim.Name, ""),
                (proposed.Outcome, pending.Sequence, pending.ProposedBy, proposed.Preview.Etag));
            var now = await cast.Kim.Wire.Policy.GetPolicyAsync(new(), Options);
            Assert.NotEqual(cast.Kim.Name, now.OpenProposal?.ProposedBy);
        }
    }

    private static async Task<string?> ErrorOfAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (Grpc.Core.RpcException e)
        {
            return WireError.From(e).Reason;
        }
    }
}
