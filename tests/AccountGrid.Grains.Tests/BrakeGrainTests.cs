using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Grains.Tests;

/// <summary>The brake in a real cluster, with a limit of two accounts.</summary>
public sealed class BrakeGrainTests : IAsyncLifetime
{
    private TestGrid _grid = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IBrakeGrain Brake => _grid.Grains.GetGrain<IBrakeGrain>(0);

    public async ValueTask InitializeAsync()
    {
        _grid = await TestGrid.StartAsync(silos: 2, brake: new BrakePolicy { MaxHarms = 2 });
        foreach (var person in new[] { "kim", "lee" })
        {
            await _grid.EnrollAsync(person);
        }

        for (var id = 1; id <= 6; id++)
        {
            await _grid.RegisterAsync(id);
        }
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Is_one_over_all_silos_and_an_approver_releases_it()
    {
        await EngageAsync();
        Assert.Equal(1, await _grid.ActivationsAsync(nameof(BrakeGrain)));
        Assert.Equal(Outcome.Done, (await _grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("lee"))).Outcome);
        var engaged = await Brake.GetAsync(Token);
        Assert.Equal((2, 2, engaged.EngagedAt + TimeSpan.FromHours(1)), (
            engaged.Harms, engaged.MaxHarms, engaged.EngagedUntil));

        var refused = await Brake.ReleaseAsync("why", null, Callers.Staff("lee", Roles.Support), Token);
        Assert.Equal(RefusalReason.ForbiddenRole, refused.Refusal!.Reason);
        _grid.Clock.Advance(TimeSpan.FromSeconds(1));
        var released = await Brake.ReleaseAsync("looked at", "r-1", Callers.Staff("lee"), Token);
        Assert.Equal((null, null, 0, "lee"), (
            released.Refusal, released.Brake!.EngagedAt, released.Brake.Harms, released.Brake.Release!.By));
        Assert.Equal(Outcome.Done, await DownAsync(4, "lee"));
    }

    [Fact]
    public async Task That_cannot_be_called_stops_lone_harms_and_no_healing()
    {
        Assert.Equal(Outcome.Done, await DownAsync(1, "kim"));
        await EndAsync();
        _grid.CallFailure = static method => method == nameof(IBrakeGrain.ReserveAsync) ? new TimeoutException() : null;
        var reply = await _grid.Account(2).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
        Assert.Equal(RefusalReason.StorageUnavailable, reply.Refusal!.Reason);
        Assert.Equal(AccountStatus.Active, (await _grid.Account(2).ReadAsync()).Status);
        Assert.Equal(Outcome.Done, (await _grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"))).Outcome);
    }

    [Fact]
    public async Task Knows_after_the_end_of_its_activation_what_was_engaged()
    {
        await EngageAsync();
        await EndAsync();
        Assert.Equal(Outcome.Pending, await DownAsync(4, "lee"));
    }

    // A silo of the version before neither counts its harms nor can read the brake's journal.
    [Fact]
    public async Task Engages_only_where_every_silo_has_it()
    {
        await _grid.AddSiloAsync(typeof(BrakeGrain));
        await EverySiloHasItAsync(false);
        for (var id = 1; id <= 4; id++)
        {
            Assert.Equal(Outcome.Done, await DownAsync(id, "kim"));
        }

        await _grid.RemoveSiloAsync();
        await EverySiloHasItAsync(true);
        Assert.Equal(Outcome.Pending, await DownAsync(5, "lee"));
    }

    private async Task EngageAsync()
    {
        Assert.Equal(Outcome.Done, await DownAsync(1, "kim"));
        Assert.Equal(Outcome.Done, await DownAsync(2, "lee"));
        Assert.Equal(Outcome.Pending, await DownAsync(3, "lee"));
    }

    // Its own silo asks an activation mostly without a call.
    private async Task EndAsync()
    {
        await _grid.DeactivateAllAsync();
        await Eventually.TrueAsync(
            async () => await _grid.ActivationsAsync(nameof(BrakeGrain)) == 0, "the brake's activation has ended");
    }

    private async Task<Outcome> DownAsync(long id, string person)
    {
        var reply = await _grid.Account(id).SendAsync(Callers.Deactivate(), Callers.Staff(person));
        Assert.True(reply.Refusal is null, reply.Refusal?.Message);
        return reply.Outcome;
    }

    private Task EverySiloHasItAsync(bool expected) => Eventually.TrueAsync(
        () => Task.FromResult(Enumerable.Range(0, 2).All(silo =>
            _grid.Services(silo).GetRequiredService<IClusterManifestProvider>().EverySiloHosts("brake") == expected)),
        "the first silos know what the last one can host");
}
