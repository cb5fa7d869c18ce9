using AccountGrid.Gateway.Tests.Harness;

namespace AccountGrid.Gateway.Tests.Reads;

/// <summary>
/// Accounts that are read over and over, which the gateway beside their activation answers without a call.
/// </summary>
public sealed class HotReadTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_read_behind_an_answered_command_shows_it_while_others_read_all_the_time()
    {
        const int Rounds = 200;
        var id = await gateway.RegisterAsync();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 4).Select(_ => ReadOnAsync(id, done.Token)).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var account = round % 2 == 0
                ? (await gateway.Service.Accounts.DeactivateAccountAsync(
                    new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Wire.Options)).Account
                : (await gateway.Service.Accounts.RestoreAccountAsync(
                    new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Wire.Options)).Account;
            var read = await gateway.ReadAsync(id);
            Assert.Equal((account.Version, account.Status), (read.Version, read.Status));
            await gateway.Service.Followers.PutFollowerAsync(
                new() { Account = id, Follower = round + 1 }, Wire.Options);
            Assert.Equal(round + 1, (await gateway.ReadAsync(id)).Followers.Count);
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(readers), static reads => Assert.True(reads > 0));
    }

    [Fact]
    public async Task An_account_that_went_down_is_gone_for_visitors_at_once_and_each_visit_is_counted()
    {
        var id = await gateway.RegisterAsync();
        for (var i = 0; i < 20; i++)
        {
            await gateway.Service.GetAsync($"/v1/public/accounts/{id}");
        }

        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal("NOT_FOUND", (await gateway.Service.GetErrorAsync($"/v1/public/accounts/{id}")).Reason);
        }

        await gateway.Kim.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });
        await gateway.Service.GetAsync($"/v1/public/accounts/{id}");
        var incident =
            Assert.Single((await gateway.Kim.Accounts.ListIncidentsAsync(new() { Id = id }, Wire.Options)).Incidents);
        Assert.Equal(7, incident.ReadsRefused);
    }

    /// <summary>Reads until told to stop; nothing may go backwards.</summary>
    private async Task<long> ReadOnAsync(long id, CancellationToken cancellationToken)
    {
        var (reads, version, followers) = (0L, 0L, 0L);
        while (!cancellationToken.IsCancellationRequested)
        {
            var account = await gateway.ReadAsync(id);
            Assert.True(account.Version >= version && account.Followers.Version >= followers);
            (reads, version, followers) = (reads + 1, account.Version, account.Followers.Version);
        }

        return reads;
    }
}
