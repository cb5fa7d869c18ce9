using System.Text.Json;

namespace AccountGrid.Conformance.Wire;

/// <summary>Registering and reading accounts, one and many.</summary>
public abstract class ReadSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_registered_account_is_up_and_shows_no_followers(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = Topology.FreshId();
        var registered =
            (await cast.Shop.Wire.Accounts.RegisterAccountAsync(
                new() { Id = id, Handle = $"New_{id}" }, Options)).Account;
        Assert.Equal((id, $"New_{id}", 1L), (registered.Id, registered.Handle, registered.Version));
        Assert.Equal((V1.Account.Types.Status.Active, V1.Account.Types.Tier.Standard),
            (registered.Status, registered.Tier));
        Assert.Equal((0L, V1.FollowerCount.Types.Quality.Exact),
            (registered.Followers.Count, registered.Followers.Quality));
        Assert.Empty(registered.Holds);
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal(registered, await cast.Kim.At(gateway).Accounts.GetAccountAsync(new() { Id = id }, Options));
        }
    }

    [Fact]
    public async Task An_account_is_shown_alike_over_both_protocols()
    {
        var cast = Meet(Protocol.Grpc);
        var id = await cast.RegisterAsync(followers: 3);
        await cast.Kim.Wire.PostAsync(
            $"/v1/accounts/{id}:suspend", new { reason = "ABUSE", until = "2035-01-02T03:04:05.5Z", ticket = "T-1" });
        foreach (var reader in new[] { cast.Kim, cast.Shop })
        {
            Assert.Equal(
                await reader.Wire.Accounts.GetAccountAsync(new() { Id = id }, Options),
                V1.Account.Parser.ParseJson((await reader.Wire.GetAsync($"/v1/accounts/{id}")).GetRawText()));
        }

        var grpc = await cast.ReadAsync(id);
        var json = await cast.Shop.Wire.GetAsync($"/v1/accounts/{id}");
        Assert.Equal(V1.Account.Types.Status.Suspended, grpc.Status);
        Assert.Equal(V1.FollowerCount.Types.Quality.Exact, grpc.Followers.Quality);
        Assert.Equal(3, grpc.Followers.Count);
        Assert.Equal("2035-01-02T03:04:05.500Z", json.GetProperty("holds")[0].GetProperty("until").GetString());
        Assert.Equal(JsonValueKind.String, json.GetProperty("id").ValueKind);
    }

    [Theory, BothProtocols]
    public async Task A_read_is_never_older_than_the_version_that_was_seen(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        for (var round = 0; round < 3; round++)
        {
            var down = (await cast.OwnerDownAsync(id)).Account;
            foreach (var gateway in Grid.Everywhere)
            {
                var read = await cast.Shop.At(gateway).Accounts.GetAccountAsync(
                    new() { Id = id, MinVersion = down.Version }, Options);
                Assert.Equal((down.Version, V1.Account.Types.Status.Deactivated), (read.Version, read.Status));
            }

            await cast.Shop.Wire.Accounts.RestoreAccountAsync(
                new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options);
        }
    }

    [Theory, BothProtocols]
    public async Task A_restore_is_visible_through_every_gateway_once_it_is_answered(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 2);
        var readers = Grid.Everywhere.Select(cast.Shop.At).ToArray();
        for (var round = 0; round < 10; round++)
        {
            await cast.OwnerDownAsync(id);
            foreach (var reader in readers)
            {
                Assert.Equal(V1.Account.Types.Status.Deactivated,
                    (await reader.Accounts.GetAccountAsync(new() { Id = id }, Options)).Status);
                Assert.Equal("NOT_FOUND",
                    (await WireClient.ErrorAsync(
                        reader.Accounts.GetPublicAccountAsync(new() { Id = id }, Options))).Reason);
            }

            var up =
                (await cast.Shop.Wire.Accounts.RestoreAccountAsync(
                    new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options)).Account;
            Assert.Equal((2L, V1.FollowerCount.Types.Quality.Exact), (up.Followers.Count, up.Followers.Quality));
            foreach (var reader in readers)
            {
                Assert.Equal(up, await reader.Accounts.GetAccountAsync(new() { Id = id }, Options));
                Assert.Equal(up.Followers,
                    (await reader.Accounts.GetPublicAccountAsync(new() { Id = id }, Options)).Followers);
            }
        }
    }

    [Theory, BothProtocols]
    public async Task A_visitor_sees_nothing_of_an_account_that_is_down(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 2);
        var visible = await cast.Shop.Wire.Accounts.GetPublicAccountAsync(new() { Id = id }, Options);
        Assert.Equal((id, 2L), (visible.Id, visible.Followers.Count));
        await cast.Kim.DownAsync(id);
        var unknown = Topology.FreshId();
        var down = await WireClient.ErrorAsync(
            cast.Shop.Wire.Accounts.GetPublicAccountAsync(new() { Id = id }, Options));
        var never = await WireClient.ErrorAsync(
            cast.Shop.Wire.Accounts.GetPublicAccountAsync(new() { Id = unknown }, Options));
        Assert.Equal(down.Message.Replace($"{id}", "ID", StringComparison.Ordinal),
            never.Message.Replace($"{unknown}", "ID", StringComparison.Ordinal));
        Assert.Equal((down.Reason, down.Code, down.HttpStatus, down.RetryAfter),
            (never.Reason, never.Code, never.HttpStatus, never.RetryAfter));
        await cast.Kim.UpAsync(id);
        var incident =
            Assert.Single((await cast.Kim.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents);
        Assert.Equal((1, 2), (incident.ReadsRefused, incident.Followers));
    }

    [Theory, BothProtocols]
    public async Task Many_are_read_in_the_order_asked_for_and_the_unknown_are_listed(Protocol protocol)
    {
        var cast = Meet(protocol);
        var first = await cast.RegisterAsync();
        var second = await cast.RegisterAsync();
        var unknown = Topology.FreshId();
        var answer = await cast.Shop.Wire.Accounts.BatchGetAccountsAsync(
            new() { Ids = { second, unknown, first, second } }, Options);
        Assert.Equal([second, first, second], answer.Accounts.Select(static a => a.Id));
        Assert.Equal([unknown], answer.MissingIds);
    }

    [Theory, BothProtocols]
    public async Task A_thousand_are_read_at_once_and_not_one_more(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var request = new V1.BatchGetAccountsRequest { Ids = { id } };
        request.Ids.AddRange(Enumerable.Range(1, 999).Select(static n => long.MaxValue - n));
        var answer = await cast.Shop.Wire.Accounts.BatchGetAccountsAsync(request, Options);
        Assert.Equal((id, 999), (Assert.Single(answer.Accounts).Id, answer.MissingIds.Count));
        request.Ids.Add(id);
        Assert.Equal(["ids"],
            (await WireClient.ErrorAsync(cast.Shop.Wire.Accounts.BatchGetAccountsAsync(request, Options))).Fields);
    }

    [Theory, BothProtocols]
    public async Task Accounts_are_listed_by_status_tier_and_handle_page_by_page(Protocol protocol)
    {
        var cast = Meet(protocol);
        var prefix = $"list{Topology.FreshId()}_";
        var ids = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(Topology.FreshId());
            await cast.Shop.Wire.Accounts.RegisterAccountAsync(new() { Id = ids[i], Handle = $"{prefix}{i}" }, Options);
        }

        await cast.Kim.DownAsync(ids[1]);
        await cast.Kim.DownAsync(ids[3]);
        await cast.Kim.Wire.Accounts.ProtectAccountAsync(new() { Id = ids[4], Reason = "LEGAL" }, Options);
        Assert.Equal(ids, await ListAsync($"handle = \"{prefix}*\""));
        Assert.Equal([ids[1], ids[3]], await ListAsync($"status = DEACTIVATED AND handle = \"{prefix}*\""));
        Assert.Equal([ids[4]], await ListAsync($"tier = PROTECTED AND handle = \"{prefix}*\""));
        Assert.Empty(await ListAsync($"status = ERASED AND handle = \"{prefix}*\""));

        async Task<List<long>> ListAsync(string filter)
        {
            var found = new List<long>();
            var token = "";
            do
            {
                // Each page comes from another gateway: they know each other's tokens.
                var page = await cast.Shop.Wire.Accounts.ListAccountsAsync(
                    new() { Filter = filter, PageSize = 2, PageToken = token }, Options);
                found.AddRange(page.Accounts.Select(static a => a.Id));
                token = page.NextPageToken;
            }
            while (token.Length > 0);
            return found;
        }
    }

    [Theory, BothProtocols]
    public async Task A_page_token_that_was_tampered_with_or_is_of_another_query_is_refused(Protocol protocol)
    {
        var cast = Meet(protocol);
        await cast.RegisterAsync();
        await cast.RegisterAsync();
        var good = (await cast.Shop.Wire.Accounts.ListAccountsAsync(new() { PageSize = 1 }, Options)).NextPageToken;
        var flipped = good[..^1] + (good[^1] == 'A' ? 'B' : 'A');
        foreach (var token in new[] { flipped, good[1..], good + good, "x", "!", new string(
            'A', 5000), Convert.ToBase64String(new byte[20]) })
        {
            IsRefused(
                await WireClient.ErrorAsync(
                    cast.Shop.Wire.Accounts.ListAccountsAsync(new() { PageSize = 1, PageToken = token }, Options)));
        }

        IsRefused(
            await WireClient.ErrorAsync(
                cast.Shop.Wire.Accounts.ListAccountsAsync(
                    new() { PageSize = 1, PageToken = good, Filter = "status = ACTIVE" }, Options)));
        IsRefused(
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Audit.ListAuditEntriesAsync(new() { PageToken = good }, Options)));

        static void IsRefused(WireError error)
        {
            Assert.Equal("INVALID_ARGUMENT", error.Reason);
            Assert.Equal(["pageToken"], error.Fields);
        }
    }
}
