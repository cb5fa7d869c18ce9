using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

/// <summary>Refused attempts: what is remembered of them, and what is only counted.</summary>
public sealed class RefusedAttemptTests
{
    private static readonly Caller Kim = World.Person("kim");
    private static readonly Caller Lee = World.Person("lee");
    private static readonly Caller Stranger = World.Person("stranger");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    // A retry that came late, after another person had restored the account, took it down.
    [Fact]
    public Task A_refused_request_is_refused_by_every_later_activation() => InWorld(async (world, account) =>
    {
        var request = new AccountRequest(World.Deactivate(), Kim, "r1");
        await account.ExecuteAsync(new(World.Deactivate(), Lee), Token);
        var first = await account.ExecuteAsync(request, Token);
        await account.ExecuteAsync(new(World.Restore(), Lee), Token);
        foreach (var other in new[]
        {
            account, await world.ActivateAsync(), await world.ActivateAsync(snapshot: account.CaptureSnapshot()),
        })
        {
            var again = await other.ExecuteAsync(request, Token);
            Assert.Equal((Outcome.Refused, first.Refusal, AccountStatus.Active),
                (again.Outcome, again.Refusal, again.View.State.Status));
        }

        Assert.Equal(RefusalReason.WrongStatus, first.Refusal!.Reason);
        Assert.Equal(4, world.Journal.Entries(Stream).Length);
    });

    [Fact]
    public Task Many_without_power_are_counted_and_told_when_the_activation_ends() => InWorld(async (world, account) =>
    {
        var before = world.Journal.Entries(Stream).Length;
        for (var i = 0; i < 300; i++)
        {
            var result = await account.ExecuteAsync(new(World.Deactivate(), Stranger, $"r{i}"), Token);
            Assert.Equal(RefusalReason.AuthorityEnded, result.Refusal!.Reason);
        }

        Assert.Equal(before + Limits.PowerlessRefusalEntries, world.Journal.Entries(Stream).Length);
        await account.SumUpRefusalsAsync();
        await account.SumUpRefusalsAsync();
        var entries = world.Journal.Entries(Stream);
        Assert.Equal(before + Limits.PowerlessRefusalEntries + 1, entries.Length);
        var sum = Assert.IsType<AccountEvent.AttemptRefused>(new AccountEventCodec().Decode(entries[^1]).Event);
        Assert.Equal((Stranger.Actor, 300L - Limits.PowerlessRefusalEntries - 1),
            (entries[^1].Actor, sum.Counted!.Count));
    });

    [Fact]
    public Task What_was_counted_is_told_after_the_window_with_the_next_read() => InWorld(async (world, account) =>
    {
        for (var i = 0; i < 10; i++)
        {
            await account.ExecuteAsync(new(World.Deactivate(), Stranger), Token);
        }

        var before = world.Journal.Entries(Stream).Length;
        account.Recover();
        Assert.Equal(before, world.Journal.Entries(Stream).Length);
        world.Clock.Advance(Limits.RefusalWindow);
        account.Recover();
        await account.ExecuteAsync(new(World.Deactivate(), Kim), Token);
        Assert.Contains(world.Journal.Entries(Stream)[before..], e => e.Actor == Stranger.Actor);
    });

    private static Task InWorld(Func<World, AccountProcessor, Task> test) => OneThread.RunAsync(async () =>
    {
        using var world = new World();
        await world.EnrollAsync("kim");
        await world.EnrollAsync("lee");
        await world.RegisterAsync();
        await test(world, await world.ActivateAsync());
    });
}
