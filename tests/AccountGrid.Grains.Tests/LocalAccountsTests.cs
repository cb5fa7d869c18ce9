using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Grains.Tests;

public sealed class LocalAccountsTests : GridTest
{
    private ILocalAccounts Local => Grid.Services().GetRequiredService<ILocalAccounts>();

    [Fact]
    public async Task An_account_that_nobody_called_is_not_there()
    {
        await Grid.RegisterAsync(1);
        Assert.Null(Local.Get(1, 0));
        Assert.Null(Local.Visit(1));
    }

    [Fact]
    public async Task One_that_was_read_is_there_until_something_happens_to_it()
    {
        await Grid.RegisterAsync(1);
        await Grid.EnrollAsync("kim");
        var seen = await LookAsync(1);
        Assert.Equal((1, "user_1", AccountStatus.Active, 1), (seen.Id, seen.Handle, seen.Status, seen.Version));
        Assert.Null(Local.Get(1, minVersion: 2));
        Assert.Null(Local.Get(2, 0));

        await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
        Assert.Null(Local.Get(1, 0));
        Assert.Equal(AccountStatus.Deactivated, (await LookAsync(1)).Status);

        await Grid.Account(1).FollowAsync([new(7, true)], Callers.Service, CancellationToken.None);
        Assert.Null(Local.Get(1, 0));
        Assert.Equal(1, (await LookAsync(1)).Followers.Count);
    }

    [Fact]
    public async Task Visitors_see_one_that_is_up_and_ask_the_grain_about_one_that_is_down()
    {
        await Grid.RegisterAsync(1);
        await Grid.EnrollAsync("kim");
        await LookAsync(1);
        Assert.Equal("user_1", Local.Visit(1)!.Handle);
        await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
        await LookAsync(1);
        Assert.Null(Local.Visit(1));
    }

    [Fact]
    public async Task One_whose_activation_ended_is_not_there()
    {
        await Grid.RegisterAsync(1);
        await LookAsync(1);
        await Grid.DeactivateAllAsync();
        Assert.Null(Local.Get(1, 0));
    }

    [Fact]
    public async Task A_view_is_believed_for_the_lease_and_no_longer()
    {
        await Grid.RegisterAsync(1);
        var clock = new HandClock();
        var local = new LocalAccounts(clock, Alone);
        var account = await Grid.DuplicateAsync(1);
        local.Offer(account, account.View);
        clock.Ticks += LocalAccounts.Lease.Ticks - 1;
        Assert.NotNull(local.Get(1, 0));
        clock.Ticks += 1;
        Assert.Null(local.Get(1, 0));

        local.Offer(account, account.View);
        Assert.NotNull(local.Get(1, 0));
        local.Withdraw(account);
        Assert.Null(local.Get(1, 0));
    }

    [Fact]
    public async Task An_account_that_does_not_exist_takes_no_place()
    {
        var local = new LocalAccounts(new HandClock(), Alone);
        var unknown = await Grid.DuplicateAsync(1);
        local.Offer(unknown, unknown.View);
        Assert.Null(local.Get(1, 0));
    }

    /// <summary>The guard of a silo that is alone, which always allows answers.</summary>
    private static PauseGuard Alone => new(TimeProvider.System, NullLogger<PauseGuard>.Instance);

    /// <summary>
    /// Reads through the grain, and then without; again if the lease was over in between, which a slow machine may
    /// need.
    /// </summary>
    private async Task<AccountInfo> LookAsync(long id)
    {
        for (var i = 0; i < 100; i++)
        {
            var called = await Grid.Account(id).ReadAsync();
            if (Local.Get(id, called.Version) is { } seen)
            {
                Assert.Equal((called.Version, called.Status, called.Followers),
                    (seen.Version, seen.Status, seen.Followers));
                return seen;
            }
        }

        throw new InvalidOperationException("An account that was just read is not there.");
    }

    private sealed class HandClock : TimeProvider
    {
        public long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Ticks;
    }
}
