using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Grains.Tests;

/// <summary>
/// What grains answer behind a pause of their silo, while another activation has changed the same account.
/// </summary>
public sealed class WokenSiloTests : IAsyncLifetime
{
    private readonly PausableClock _clock = new();
    private readonly MembershipScript _membership = new();
    private readonly PauseGuard _guard;
    private TestGrid _grid = null!;

    public WokenSiloTests() => _guard = new PauseGuard(_clock, NullLogger<PauseGuard>.Instance, _membership);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ILocalAccounts Local => _grid.Services().GetRequiredService<ILocalAccounts>();

    public async ValueTask InitializeAsync()
    {
        _grid = await TestGrid.StartAsync(guard: _guard);
        await _grid.EnrollAsync("kim");
        await _grid.RegisterAsync(1);
        Assert.Equal(AccountStatus.Active, (await _grid.Account(1).ReadAsync()).Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _grid.DisposeAsync();
        _guard.Dispose();
    }

    [Fact]
    public async Task An_account_that_lived_elsewhere_is_read_as_it_is_now()
    {
        await TakeDownElsewhereAsync();

        // This activation does not know of the takedown.
        Assert.Equal(AccountStatus.Active, (await _grid.Account(1).ReadAsync()).Status);
        Sleep();
        Assert.Null(Local.Get(1, 0));
        Assert.Null(Local.Visit(1));
        Assert.Equal(RefusalReason.NotFound, (await _grid.Account(1).VisitAsync(Token)).Refusal?.Reason);
        var account = await _grid.Account(1).ReadAsync();
        Assert.Equal((AccountStatus.Deactivated, 2, 1), (account.Status, account.Version, account.Followers.Count));
    }

    [Fact]
    public async Task A_batch_of_them_too()
    {
        await TakeDownElsewhereAsync();
        Sleep();
        var batch = await _grid.Grains.GetGrain<IDirectoryGrain>(0).ReadActiveAsync([1], Token);
        Assert.Equal(AccountStatus.Deactivated, Assert.Single(batch.Accounts).Status);
    }

    [Fact]
    public async Task An_operator_whose_authority_was_ended_elsewhere_is_read_as_it_is_now()
    {
        await _grid.EnrollAsync("boss");
        var elsewhere = await _grid.DuplicateOperatorAsync("kim");
        var boss = Callers.Staff("boss").ToCaller()!;
        var end = new OperatorCommand.Offboard(_grid.Clock.GetUtcNow(), "");
        Assert.Null((await elsewhere.ExecuteAsync(new OperatorRequest(end, boss), Token)).Refusal);
        Assert.Equal(Standing.Active, (await _grid.Operator("kim").GetAsync(Token)).Standing);
        Sleep();
        Assert.Equal(Standing.Ended, (await _grid.Operator("kim").GetAsync(Token)).Standing);
    }

    [Fact]
    public async Task A_repeated_command_is_answered_with_the_account_as_it_is_now()
    {
        var kim = Callers.Staff("kim");
        await _grid.Account(1).SendAsync(Callers.Deactivate(), kim, "once");
        await _grid.Account(1).SendAsync(Callers.Restore(), kim, "back");
        await TakeDownElsewhereAsync();
        Sleep();
        var replayed = await _grid.Account(1).SendAsync(Callers.Restore(), kim, "back");
        Assert.Equal((Outcome.Done, AccountStatus.Deactivated), (replayed.Outcome, replayed.Account!.Status));
    }

    [Fact]
    public async Task Nothing_is_answered_by_a_silo_that_was_declared_dead()
    {
        await _grid.Account(1).ReadAsync();
        Sleep();
        _membership.Now = new(IsDead: true, 2);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _grid.Account(1).ReadAsync());
        await Assert.ThrowsAsync<SiloUnavailableException>(async () => await _grid.Account(1).VisitAsync(Token));
        var kim = Callers.Staff("kim");
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _grid.Account(1).SendAsync(Callers.Deactivate(), kim));
        await Assert.ThrowsAsync<SiloUnavailableException>(
            () => _grid.Account(1).FollowAsync([new(7, true)], Callers.Service, Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _grid.Account(1).FireDueAsync(Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _grid.Account(1).FreezeAsync("kim", Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => _grid.Operator("kim").GetAsync(Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(
            async () => await _grid.Operator("kim").AskAsync(1, null, Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(
            () => _grid.Operator("kim").ExecuteAsync(new OperatorInput.ConfirmFrozen(), Callers.System, Token));
        var directory = _grid.Grains.GetGrain<IDirectoryGrain>(0);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => directory.ReadFeedAsync(0, 10, TimeSpan.Zero, Token));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => directory.ReadFeedHeadAsync(Token));
        Assert.Empty((await directory.ReadActiveAsync([1], Token)).Accounts);
        Assert.Null(Local.Get(1, 0));
        Assert.True(Local.IsCutOff);
    }

    [Fact]
    public async Task An_account_that_cannot_be_compared_is_not_answered()
    {
        Sleep();
        _grid.Journal.ReadFailure = static _ => new Application.StorageUnavailableException(
            "Reading", inner: null, isTransient: true, outcomeUnknown: false);
        var answer = await _grid.Account(1).GetAsync(0, Token);
        Assert.Equal(RefusalReason.StorageUnavailable, answer.Refusal?.Reason);
        _grid.Journal.ReadFailure = static _ => null;
        Assert.Equal(AccountStatus.Active, (await _grid.Account(1).ReadAsync()).Status);
    }

    [Fact]
    public async Task Where_the_membership_did_not_change_no_account_is_read_again()
    {
        var reads = 0;
        _grid.Journal.ReadFailure = _ =>
        {
            Interlocked.Increment(ref reads);
            return null;
        };
        _clock.StandStill(TimeSpan.FromSeconds(1));
        Assert.Equal(AccountStatus.Active, (await _grid.Account(1).ReadAsync()).Status);
        Assert.Equal((0, 1), (reads, _membership.Asked));
    }

    [Fact]
    public async Task Each_account_is_compared_once()
    {
        var reads = 0;
        _grid.Journal.ReadFailure = _ =>
        {
            Interlocked.Increment(ref reads);
            return null;
        };
        Sleep();
        for (var i = 0; i < 10; i++)
        {
            await _grid.Account(1).ReadAsync();
        }

        Assert.Equal(1, reads);
    }

    private async Task TakeDownElsewhereAsync()
    {
        var elsewhere = await _grid.DuplicateAsync(1);
        var kim = Callers.Staff("kim").ToCaller()!;
        var action = new HarmAction(HarmKind.Deactivate, "SPAM", "", "");
        var down = await elsewhere.ExecuteAsync(new(new AccountCommand.Harm(action, DirectOnly: false), kim), Token);
        Assert.Null(down.Refusal);
        Assert.Null((await elsewhere.FollowAsync([new(new AccountId(7), true)], Token)).Refusal);
    }

    /// <summary>The silo stands still, and meanwhile another one has come or gone.</summary>
    private void Sleep()
    {
        _clock.StandStill(TimeSpan.FromSeconds(2.5));
        _membership.Now = new(IsDead: false, _membership.Now.Version + 1);
    }
}
