using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>How much harm one person may do within an hour, whichever gateway it comes through.</summary>
public abstract class BudgetSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task So_many_harms_at_once_through_all_gateways_and_not_one_more(Protocol protocol)
    {
        var cast = Meet(protocol);
        var ids = new List<long>();
        for (var i = 0; i < 2 * Topology.MaxHarms; i++)
        {
            ids.Add(await cast.RegisterAsync());
        }

        var outcomes = await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                return (Id: id, Error: (await cast.Kim.DownAsync(id)).Outcome == V1.Outcome.Done ? null : "PENDING");
            }
            catch (RpcException e)
            {
                return (Id: id, Error: WireError.From(e).Reason);
            }
        }));
        var done = outcomes.Where(static o => o.Error is null).Select(static o => o.Id).ToArray();
        Assert.All(outcomes.Where(static o => o.Error is not null),
            static o => Assert.Equal("BUDGET_EXCEEDED", o.Error));
        Assert.Equal(Topology.MaxHarms, done.Length);
        var person = await cast.Lee.Wire.Operators.GetOperatorAsync(new() { Id = cast.Kim.Name }, Options);
        Assert.Equal(Topology.MaxHarms, person.HarmsInWindow);

        // Law 1: healing is never throttled, and gives nothing of the budget back.
        foreach (var id in done)
        {
            Assert.Equal(V1.Outcome.Done, (await cast.Kim.UpAsync(id)).Outcome);
        }

        Assert.Equal("BUDGET_EXCEEDED",
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.SuspendAccountAsync(new() { Id = ids[0], Reason = "SPAM" }, Options))).Reason);
        Assert.Equal(V1.Outcome.Done, (await cast.Lee.DownAsync(ids[0])).Outcome);
    }

    // One token of a service took down every standard account that there was.
    [Theory, BothProtocols]
    public async Task A_service_takes_so_many_down_for_owners_through_all_gateways_and_not_one_more(Protocol protocol)
    {
        var cast = Meet(protocol);
        var ids = new List<long>();
        for (var i = 0; i < Topology.ServiceMaxHarms + 10; i++)
        {
            ids.Add(await cast.RegisterAsync());
        }

        var errors = await Task.WhenAll(ids.Select(async id =>
        {
            try
            {
                await cast.OwnerDownAsync(id);
                return null;
            }
            catch (RpcException e)
            {
                // With the message where it is another one than expected.
                var error = WireError.From(e);
                return error.Reason == "BUDGET_EXCEEDED" ? error.Reason : $"{error.Reason}: {e.Status.Detail}";
            }
        }));
        Assert.All(errors.OfType<string>(), static error => Assert.Equal("BUDGET_EXCEEDED", error));
        Assert.Equal(Topology.ServiceMaxHarms, errors.Count(static error => error is null));

        // Neither another service nor a person of the same subject pays for it, and restoring costs nothing.
        var standing = ids[Array.FindIndex(errors, static error => error is not null)];
        var down = ids[Array.FindIndex(errors, static error => error is null)];
        await cast.Shop.Wire.Accounts.RestoreAccountAsync(
            new() { Id = down, Reason = "OWNER_REQUEST", Owner = true }, Options);
        var another = cast.Meet("shop", "owner-agent").Wire;
        Assert.Equal(V1.Outcome.Done, (await another.Accounts.DeactivateAccountAsync(
            new() { Id = standing, Reason = "OWNER_REQUEST", Owner = true }, Options)).Outcome);
    }

    [Theory, BothProtocols]
    public async Task A_service_takes_down_so_many_followers_and_more_only_with_a_person(Protocol protocol)
    {
        const int Many = Topology.ProtectedReach - 1;
        var cast = Meet(protocol);
        var large = await cast.RegisterAsync(Topology.ProtectedReach);
        for (var i = 0; i < Topology.ServiceMaxReach / Many; i++)
        {
            await cast.OwnerDownAsync(await cast.RegisterAsync(Many));
        }

        var next = await cast.RegisterAsync(Many);
        var error = await WireClient.ErrorAsync(cast.Shop.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = next, Reason = "OWNER_REQUEST", Owner = true }, Options));
        Assert.Equal("REACH_EXCEEDED", error.Reason);
        Assert.Equal(V1.Outcome.Done,
            (await cast.Lee.ApproveAsync((await cast.OwnerDownAsync(large)).Proposal)).Outcome);
    }

    [Theory, BothProtocols]
    public async Task So_many_followers_alone_and_any_number_with_a_second_person(Protocol protocol)
    {
        const int Many = Topology.ProtectedReach - 1;
        var cast = Meet(protocol);
        var first = await cast.RegisterAsync(Many);
        var second = await cast.RegisterAsync(Many);
        var large = await cast.RegisterAsync(Topology.ProtectedReach);
        await cast.Kim.DownAsync(first);
        var error = await WireClient.ErrorAsync(
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(new() { Id = second, Reason = "SPAM" }, Options));
        Assert.Equal("REACH_EXCEEDED", error.Reason);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(second)).Status);
        Assert.Equal(V1.Outcome.Done,
            (await cast.Lee.ApproveAsync((await cast.Kim.DownAsync(large)).Proposal)).Outcome);
        var person = await cast.Lee.Wire.Operators.GetOperatorAsync(new() { Id = cast.Kim.Name }, Options);
        Assert.Equal((2, Many), (person.HarmsInWindow, person.ReachInWindow));
        Assert.Equal(V1.Outcome.Done, (await cast.Lee.DownAsync(second)).Outcome);
    }
}
