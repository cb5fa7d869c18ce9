using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class RegistrarTests
{
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    private static Task<AccountResult> Register(
        World world, string handle = "president", string? requestId = null, Caller? caller = null) =>
        new AccountRegistrar(world.Accounts).RegisterAsync(
            World.Account, handle, caller ?? World.Web, requestId, Token);

    private static Task InWorld(Func<World, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World();
        await test(world);
    });

    [Fact]
    public Task A_new_account_is_up_without_followers() => InWorld(async world =>
    {
        var result = await Register(world);
        Assert.Equal((Outcome.Done, AccountStatus.Active, Tier.Standard),
            (result.Outcome, result.View.State.Status, result.View.Tier));
        Assert.Equal((0L, "president", 1L),
            (result.View.Followers!.Count, result.View.State.Handle, result.View.State.Version));
        Assert.Equal("president", Assert.IsType<StreamIndexRow.Account>(world.Journal.Row(Stream)).Handle);
        Assert.Equal(0, world.Journal.EntriesRead);
    });

    [Fact]
    public Task The_same_request_is_answered_as_before_with_the_account_of_now() => InWorld(async world =>
    {
        await world.EnrollAsync("kim");
        await Register(world, requestId: "r1");
        await (await world.ActivateAsync()).ExecuteAsync(new(World.Deactivate(), World.Person("kim")), Token);
        var again = await Register(world, requestId: "r1");
        Assert.Equal((Outcome.Done, AccountStatus.Deactivated), (again.Outcome, again.View.State.Status));
        Assert.Equal(2, world.Journal.Entries(Stream).Length);
    });

    [Fact]
    public Task Anything_else_about_an_account_that_exists_is_refused() => InWorld(async world =>
    {
        await Register(world, requestId: "r1");
        Assert.Equal(RefusalReason.RequestIdConflict, (await Register(world, "other", "r1")).Refusal!.Reason);
        var stranger = new Caller(Actor.Service("other"), Roles.Service);
        Assert.Equal(RefusalReason.RequestIdConflict,
            (await Register(world, requestId: "r1", caller: stranger)).Refusal!.Reason);
        Assert.Equal(RefusalReason.AlreadyExists, (await Register(world, requestId: "r2")).Refusal!.Reason);
        Assert.Equal(RefusalReason.AlreadyExists, (await Register(world)).Refusal!.Reason);
        Assert.Single(world.Journal.Entries(Stream));
    });

    [Fact]
    public Task A_retry_after_an_unknown_outcome_registers_once() => InWorld(async world =>
    {
        world.Journal.FailNextAppend(AppendFault.UnknownWritten);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => Register(world, requestId: "r1"));
        Assert.Equal(Outcome.Done, (await Register(world, requestId: "r1")).Outcome);
        Assert.Single(world.Journal.Entries(Stream));
    });

    [Fact]
    public Task Two_at_once_make_one_account() => InWorld(async world =>
    {
        world.Journal.BeforeAppend.Arm();
        var both = new[] { Register(world, "one"), Register(world, "two") };
        await world.Journal.BeforeAppend.Reached;
        world.Journal.BeforeAppend.Release();
        Assert.Equal([Outcome.Done, Outcome.Refused], (await Task.WhenAll(both)).Select(r => r.Outcome).Order());
        Assert.Single(world.Journal.Entries(Stream));
    });

    [Fact]
    public Task Bad_input_is_refused_with_its_field_and_writes_nothing() => InWorld(async world =>
    {
        Assert.Equal("handle", (await Register(world, "no\u202Espace")).Refusal!.Field);
        Assert.Equal("handle", (await Register(world, "")).Refusal!.Field);
        Assert.Equal("requestId", (await Register(world, requestId: new string('x', 65))).Refusal!.Field);
        Assert.Equal(RefusalReason.ForbiddenRole, (await Register(world, caller: World.Person("kim"))).Refusal!.Reason);
        world.Journal.FailNextAppend(AppendFault.Overloaded);
        Assert.Equal(RefusalReason.Overloaded, (await Register(world)).Refusal!.Reason);
        Assert.Empty(world.Journal.Entries(Stream));
    });
}
