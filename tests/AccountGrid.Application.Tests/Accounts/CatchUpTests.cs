using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>An instance whose account another instance may have changed.</summary>
public sealed class CatchUpTests
{
    private static readonly Caller Kim = World.Person("kim");

    [Fact]
    public Task Shows_what_another_instance_did() => InWorld(async (world, account) =>
    {
        await TakeDownElsewhereAsync(world);
        Assert.Equal(AccountStatus.Active, account.View.State.Status);
        Assert.Equal(0, account.View.Followers?.Count);
        await account.CatchUpAsync(1, Token);
        var view = account.View;
        Assert.Equal((AccountStatus.Deactivated, 1, 1), (view.State.Status, view.Followers?.Count, account.Generation));
    });

    [Fact]
    public Task Reads_once_for_all_that_ask_at_the_same_time() => InWorld(async (world, account) =>
    {
        var before = world.Journal.Reads;
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => account.CatchUpAsync(1, Token)));
        await account.CatchUpAsync(1, Token);
        Assert.Equal(1, world.Journal.Reads - before);
    });

    [Fact]
    public Task Does_not_share_a_reading_that_began_before() => InWorld(async (world, account) =>
    {
        var other = await world.ActivateAsync();
        world.Journal.AfterRead.Arm();
        var first = account.CatchUpAsync(1, Token);
        await world.Journal.AfterRead.Reached;
        Assert.Null((await other.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Refusal);
        var second = account.CatchUpAsync(2, Token);
        world.Journal.AfterRead.Release();
        await Task.WhenAll(first, second);
        Assert.Equal((AccountStatus.Deactivated, 2), (account.View.State.Status, account.Generation));
    });

    private static async Task TakeDownElsewhereAsync(World world)
    {
        var other = await world.ActivateAsync();
        Assert.Null((await other.ExecuteAsync(new(World.Deactivate(), Kim), Token)).Refusal);
        Assert.Null((await other.FollowAsync([new(new AccountId(7), true)], Token)).Refusal);
    }

    private static Task InWorld(Func<World, AccountProcessor, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World();
        await world.EnrollAsync("kim");
        await world.RegisterAsync();

        // So that no reading of its own passes the gates.
        await world.Brake.Processor.LoadAsync(Token);
        await test(world, await world.ActivateAsync());
    });
}
