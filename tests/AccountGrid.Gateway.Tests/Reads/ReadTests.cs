using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests.Reads;

public sealed class ReadTests(SharedGateway gateway)
{
    [Fact]
    public async Task An_account_is_shown_alike_over_both_protocols()
    {
        var id = await gateway.RegisterAsync(followers: 3);
        await gateway.Kim.PostAsync($"/v1/accounts/{id}:suspend", new { reason = "ABUSE", until = "2035-01-02T03:04:05.5Z", ticket = "T-1" });
        var grpc = await gateway.ReadAsync(id);
        var json = await gateway.Service.GetAsync($"/v1/accounts/{id}");
        Assert.Equal(grpc, V1.Account.Parser.ParseJson(json.GetRawText()));
        Assert.Equal(V1.Account.Types.Status.Suspended, grpc.Status);
        Assert.Equal(V1.FollowerCount.Types.Quality.Exact, grpc.Followers.Quality);
        Assert.Equal(3, grpc.Followers.Count);
        Assert.Equal("2035-01-02T03:04:05.500Z", json.GetProperty("holds")[0].GetProperty("until").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.String, json.GetProperty("id").ValueKind);
    }

    [Fact]
    public async Task A_read_is_never_older_than_the_version_that_was_seen()
    {
        var id = await gateway.RegisterAsync();
        var down = await SharedGateway.DeactivateAsync(gateway.Kim, id);
        var read = await gateway.Service.Accounts.GetAccountAsync(new() { Id = id, MinVersion = down.Account.Version }, Wire.Options);
        Assert.Equal(V1.Account.Types.Status.Deactivated, read.Status);
    }

    [Fact]
    public async Task A_visitor_sees_nothing_of_an_account_that_is_down()
    {
        var id = await gateway.RegisterAsync(followers: 2);
        var visible = await gateway.Service.GetAsync($"/v1/public/accounts/{id}");
        Assert.Equal("2", visible.GetProperty("followers").GetProperty("count").GetString());
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        var down = await gateway.Service.GetErrorAsync($"/v1/public/accounts/{id}");
        var unknown = SharedGateway.FreshId();
        var never = await gateway.Service.GetErrorAsync($"/v1/public/accounts/{unknown}");
        Assert.Equal(down.Message.Replace($"{id}", "ID", StringComparison.Ordinal), never.Message.Replace($"{unknown}", "ID", StringComparison.Ordinal));
        Assert.Equal((down.Reason, down.HttpStatus, down.RetryAfter), (never.Reason, never.HttpStatus, never.RetryAfter));
        await gateway.Kim.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });
        var incident = Assert.Single((await gateway.Kim.Accounts.ListIncidentsAsync(new() { Id = id }, Wire.Options)).Incidents);
        Assert.Equal((1, 2), (incident.ReadsRefused, incident.Followers));
    }

    [Fact]
    public async Task Many_are_read_in_the_order_asked_for_and_the_unknown_are_listed()
    {
        var first = await gateway.RegisterAsync();
        var second = await gateway.RegisterAsync();
        var unknown = SharedGateway.FreshId();
        var answer = await gateway.Service.PostAsync("/v1/accounts:batchGet", new { ids = new[] { second, unknown, first, second } });
        Assert.Equal([second, first, second], answer.GetProperty("accounts").EnumerateArray().Select(static a => long.Parse(a.GetProperty("id").GetString()!, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal([$"{unknown}"], answer.GetProperty("missingIds").EnumerateArray().Select(static a => a.GetString()!));
    }

    [Fact]
    public async Task Accounts_are_listed_by_status_and_handle_page_by_page()
    {
        var ids = new List<long>();
        var prefix = $"list{SharedGateway.FreshId()}_";
        for (var i = 0; i < 5; i++)
        {
            var id = SharedGateway.FreshId();
            await gateway.Service.Accounts.RegisterAccountAsync(new() { Id = id, Handle = $"{prefix}{i}" }, Wire.Options);
            ids.Add(id);
        }

        await SharedGateway.DeactivateAsync(gateway.Kim, ids[1]);
        await SharedGateway.DeactivateAsync(gateway.Kim, ids[3]);
        Assert.Equal(ids, await ListAsync($"handle = \"{prefix}*\""));
        Assert.Equal([ids[1], ids[3]], await ListAsync($"status = DEACTIVATED AND handle = \"{prefix}*\""));
        Assert.Empty(await ListAsync($"tier = PROTECTED AND handle = \"{prefix}*\""));
    }

    [Fact]
    public async Task What_waits_is_listed_by_its_proposer()
    {
        var name = SharedGateway.FreshName("proposer");
        var id = await gateway.RegisterAsync(followers: 1_000);
        using var proposer = gateway.As(name);
        var pending = await SharedGateway.DeactivateAsync(proposer, id);
        var listed = await gateway.Kim.Proposals.ListProposalsAsync(new() { Filter = $"proposed_by = \"{name}\"" }, Wire.Options);
        Assert.Equal(pending.Proposal, Assert.Single(listed.Proposals));
        await gateway.Lee.PostAsync($"/v1/proposals/{pending.Proposal.Id}:reject", new { note = "no" });
        Assert.Empty((await gateway.Kim.Proposals.ListProposalsAsync(new() { Filter = $"proposed_by = \"{name}\"" }, Wire.Options)).Proposals);
    }

    [Fact]
    public async Task Operators_are_enrolled_listed_and_offboarded()
    {
        var name = SharedGateway.FreshName("aaa");
        var enrolled = await gateway.Kim.Operators.EnrollOperatorAsync(
            new() { Id = name, DisplayName = "A Person", Roles = { V1.Role.Support, V1.Role.Auditor } }, Wire.Options);
        Assert.Equal((V1.Operator.Types.Standing.Active, "A Person"), (enrolled.Operator.Standing, enrolled.Operator.DisplayName));
        Assert.Equal(enrolled.Operator, await gateway.Kim.Operators.GetOperatorAsync(new() { Id = name }, Wire.Options));

        var all = new List<string>();
        var token = "";
        do
        {
            var page = await gateway.Kim.Operators.ListOperatorsAsync(new() { PageSize = 1, PageToken = token }, Wire.Options);
            all.AddRange(page.Operators.Select(static o => o.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Contains(name, all);
        Assert.Equal(all.Order(StringComparer.Ordinal), all);

        var ended = await gateway.Kim.PostAsync($"/v1/operators/{name}:offboard", new { note = "moved on" });
        Assert.Equal("ENDED", ended.GetProperty("operator").GetProperty("standing").GetString());
    }

    [Fact]
    public async Task An_auditor_finds_entries_and_verifies_them()
    {
        var id = await gateway.RegisterAsync();
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        var found = await gateway.Kim.Audit.ListAuditEntriesAsync(new() { Filter = $"stream = \"a/{id}\" AND type = \"hold-placed\"" }, Wire.Options);
        var entry = Assert.Single(found.Entries);
        Assert.Equal(("kim", 2L), (entry.Actor.Subject, entry.Sequence));
        Assert.Equal("SPAM", entry.Data.Fields["action"].StructValue.Fields["reason"].StringValue);
        Assert.Matches("^[0-9a-f]{64}$", entry.Hash);
        var verified = await gateway.Kim.PostAsync("/v1/audit:verify", new { });
        Assert.True(verified.GetProperty("intact").GetBoolean(), verified.GetRawText());
        await gateway.Kim.GetAsync("/v1/audit/checkpoints");
    }

    private async Task<List<long>> ListAsync(string filter)
    {
        var ids = new List<long>();
        var token = "";
        do
        {
            var page = await gateway.Service.Accounts.ListAccountsAsync(new() { Filter = filter, PageSize = 2, PageToken = token }, Wire.Options);
            ids.AddRange(page.Accounts.Select(static a => a.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return ids;
    }
}
