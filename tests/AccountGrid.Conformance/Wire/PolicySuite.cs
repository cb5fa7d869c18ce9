namespace AccountGrid.Conformance.Wire;

/// <summary>
/// The policy record. There is one in a topology, so its tests come one after the other, and change only what no other
/// suite depends on.
/// </summary>
public abstract class PolicySuite(Topology topology) : WireSuite(topology)
{
    private const string Lifetime = "Operators:PowerProposalLifetime";
    private const string Share = "Brake:LossShare";

    [Theory, BothProtocols]
    public async Task The_first_start_has_recorded_the_settings_and_every_gateway_shows_them(Protocol protocol)
    {
        var cast = Meet(protocol);
        var policy = await RecordedAsync(cast);
        Assert.Equal($"{Topology.ProtectedReach}", ValueOf(policy, "Accounts:ProtectedReach"));
        var reach = policy.Settings.Single(static s => s.Name == "Accounts:ProtectedReach");
        Assert.Equal(("1000000", V1.PolicySetting.Types.Stricter.Lower), (reach.DefaultValue, reach.Stricter));
        Assert.Equal(
            V1.PolicySetting.Types.Stricter.Fewer,
            policy.Settings.Single(static s => s.Name == "Accounts:Reasons").Stricter);
        Assert.DoesNotContain(policy.Settings, static s => s.Name == "Operators:Founders");
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal(
                policy.Settings, (await cast.Lee.At(gateway).Policy.GetPolicyAsync(new(), Options)).Settings);
        }
    }

    [Theory, BothProtocols]
    public async Task Two_admins_change_it_and_its_journal_says_so(Protocol protocol)
    {
        var cast = Meet(protocol);
        await ChangeAsync(cast, Share, "0.04");
        var weakens = await ProposeAsync(cast, cast.Kim, Share, "0.05");
        var proposal = weakens.OpenProposal;
        Assert.Equal((true, cast.Kim.Name, "because"), (proposal.Weakens, proposal.ProposedBy, proposal.Note));
        Assert.Equal(
            new V1.PolicyChange { Name = Share, From = "0.04", To = "0.05", Weakens = true },
            Assert.Single(proposal.Changes));
        Assert.Equal("SAME_PERSON", (await WireClient.ErrorAsync(cast.Kim.Wire.Policy.ApprovePolicyAsync(
            new() { Sequence = proposal.Sequence }, Options))).Reason);
        Assert.Equal("VERSION_MISMATCH", (await WireClient.ErrorAsync(cast.Lee.Wire.Policy.ApprovePolicyAsync(
            new() { Sequence = proposal.Sequence, Digest = new string('0', 64) }, Options))).Reason);
        Assert.Equal("0.04", ValueOf(await cast.Lee.Wire.Policy.GetPolicyAsync(new(), Options), Share));

        var approved = await cast.Lee.Wire.Policy.ApprovePolicyAsync(
            new() { Sequence = proposal.Sequence, Digest = proposal.Digest }, Options);
        Assert.Equal((V1.Outcome.Done, "0.05"), (approved.Outcome, ValueOf(approved.Policy, Share)));
        Assert.NotEqual(weakens.Etag, approved.Policy.Etag);
        Assert.Null(approved.Policy.OpenProposal);

        var entries = (await cast.Lee.Wire.Audit.ListAuditEntriesAsync(
            new() { PageSize = 10, Filter = $"type = \"policy-adopted\" AND actor = \"{cast.Lee.Name}\"" },
            Options)).Entries;
        Assert.All(entries, static entry => Assert.Equal("grid/policy", entry.Stream));
        Assert.NotEmpty(entries);
        Assert.True((await EvidenceSuite.VerifyAsync(cast)).Intact);
    }

    [Theory, BothProtocols]
    public async Task A_proposal_is_rejected_or_withdrawn(Protocol protocol)
    {
        var cast = Meet(protocol);
        var first = (await ProposeAsync(cast, cast.Kim, Share, "0.06")).OpenProposal.Sequence;
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(cast.Lee.Wire.Policy.WithdrawPolicyAsync(
            new() { Sequence = first }, Options))).Reason);
        Assert.Equal("ALREADY_EXISTS", (await WireClient.ErrorAsync(cast.Lee.Wire.Policy.ProposePolicyAsync(
            ProposalOf(Share, "0.07"), Options))).Reason);
        Assert.Null((await cast.Lee.Wire.Policy.RejectPolicyAsync(
            new() { Sequence = first, Note = "no" }, Options)).Policy.OpenProposal);
        Assert.Equal("WRONG_STATUS", (await WireClient.ErrorAsync(cast.Lee.Wire.Policy.ApprovePolicyAsync(
            new() { Sequence = first }, Options))).Reason);

        var second = (await ProposeAsync(cast, cast.Kim, Share, "0.06")).OpenProposal.Sequence;
        Assert.Null((await cast.Kim.Wire.Policy.WithdrawPolicyAsync(
            new() { Sequence = second }, Options)).Policy.OpenProposal);
        Assert.Equal("0.05", ValueOf(await cast.Lee.Wire.Policy.GetPolicyAsync(new(), Options), Share));
    }

    [Theory, BothProtocols]
    public async Task A_request_id_acts_once_and_an_etag_of_before_not_at_all(Protocol protocol)
    {
        var cast = Meet(protocol);
        var before = await RecordedAsync(cast);
        var request = ProposalOf(Lifetime, "20:00:00");
        request.RequestId = Topology.FreshName("r");
        request.Etag = before.Etag;
        var first = await cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options);
        var again = await cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options);
        Assert.Equal(
            (V1.Outcome.Pending, first.Policy.OpenProposal), (again.Outcome, again.Policy.OpenProposal));
        var approve = new V1.ApprovePolicyRequest
        {
            Sequence = first.Policy.OpenProposal.Sequence,
            RequestId = Topology.FreshName("r"),
        };
        Assert.Equal(V1.Outcome.Done, (await cast.Lee.Wire.Policy.ApprovePolicyAsync(approve, Options)).Outcome);
        Assert.Equal(V1.Outcome.Done, (await cast.Lee.Wire.Policy.ApprovePolicyAsync(approve, Options)).Outcome);
        request.Settings[0].Value = "19:00:00";
        Assert.Equal(
            "REQUEST_ID_CONFLICT",
            (await WireClient.ErrorAsync(cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options))).Reason);
        request.RequestId = "";
        Assert.Equal(
            "VERSION_MISMATCH",
            (await WireClient.ErrorAsync(cast.Kim.Wire.Policy.ProposePolicyAsync(request, Options))).Reason);
        await ChangeAsync(cast, Lifetime, "1.00:00:00");
    }

    [Theory, BothProtocols]
    public async Task Only_admins_change_it_and_staff_read_it(Protocol protocol)
    {
        var cast = Meet(protocol);
        var mo = cast.Meet("mo", "support", "approver", "auditor");
        Assert.NotEmpty((await mo.Wire.Policy.GetPolicyAsync(new(), Options)).Settings);
        Assert.Empty((await mo.Wire.Policy.DiffPolicyAsync(new(), Options)).Differences);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            mo.Wire.Policy.ProposePolicyAsync(ProposalOf(Share, "1"), Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            cast.Shop.Wire.Policy.ProposePolicyAsync(ProposalOf(Share, "1"), Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            cast.Shop.Wire.Policy.GetPolicyAsync(new(), Options))).Reason);
        Assert.Equal("FORBIDDEN_ROLE", (await WireClient.ErrorAsync(
            cast.Shop.Wire.Policy.DiffPolicyAsync(new(), Options))).Reason);
    }

    [Theory, BothProtocols]
    public async Task What_is_malformed_is_named_and_changes_nothing(Protocol protocol)
    {
        var cast = Meet(protocol);
        await RecordedAsync(cast);
        foreach (var (name, value, rule) in ((string, string, string)[])[
            ("Accounts:ProtectedReach", "0", "must be from 1 to"), ("Accounts:Typo", "1", "must be settings"),
            ("Operators:Founders", "a,b", "must be settings"), (Share, "much", "must be a number"),
            (Lifetime, "1d", "must be a time")])
        {
            var error = await WireClient.ErrorAsync(
                cast.Kim.Wire.Policy.ProposePolicyAsync(ProposalOf(name, value), Options));
            Assert.Equal("INVALID_ARGUMENT", error.Reason);
            Assert.Contains("settings", error.ToString(), StringComparison.Ordinal);
            Assert.Contains(rule, error.Message, StringComparison.Ordinal);
        }

        var twice = ProposalOf(Share, "0.01");
        twice.Settings.Add(twice.Settings[0].Clone());
        Assert.Equal("INVALID_ARGUMENT", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Policy.ProposePolicyAsync(twice, Options))).Reason);
        Assert.Equal("INVALID_ARGUMENT", (await WireClient.ErrorAsync(
            cast.Kim.Wire.Policy.ProposePolicyAsync(new(), Options))).Reason);
        Assert.Equal("INVALID_ARGUMENT", (await WireClient.ErrorAsync(
            cast.Lee.Wire.Policy.ApprovePolicyAsync(new() { Sequence = -1 }, Options))).Reason);
        Assert.Equal("NOT_FOUND", (await WireClient.ErrorAsync(
            cast.Lee.Wire.Policy.RejectPolicyAsync(new() { Sequence = long.MaxValue }, Options))).Reason);
        Assert.Null((await cast.Lee.Wire.Policy.GetPolicyAsync(new(), Options)).OpenProposal);
    }

    private static string ValueOf(V1.Policy policy, string name) =>
        policy.Settings.Single(s => s.Name == name).Value;

    private static V1.ProposePolicyRequest ProposalOf(string name, string value) => new()
    {
        Settings = { new V1.PolicyValue { Name = name, Value = value } },
        Note = "because",
    };

    /// <summary>The record, once a silo has made it.</summary>
    private static async Task<V1.Policy> RecordedAsync(Cast cast)
    {
        while (true)
        {
            var policy = await cast.Kim.Wire.Policy.GetPolicyAsync(new(), Options);
            if (policy.Version > 0)
            {
                return policy;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), Options.CancellationToken);
        }
    }

    private static async Task<V1.Policy> ProposeAsync(Cast cast, Person by, string name, string value)
    {
        await RecordedAsync(cast);
        var answer = await by.Wire.Policy.ProposePolicyAsync(ProposalOf(name, value), Options);
        Assert.Equal(V1.Outcome.Pending, answer.Outcome);
        return answer.Policy;
    }

    private static async Task ChangeAsync(Cast cast, string name, string value)
    {
        var policy = await ProposeAsync(cast, cast.Kim, name, value);
        await cast.Lee.Wire.Policy.ApprovePolicyAsync(new() { Sequence = policy.OpenProposal.Sequence }, Options);
    }
}
