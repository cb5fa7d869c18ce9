using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Testing;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Conformance;

/// <summary>
/// What stands beside the journals is compared with them for ever, and not believed where it is known to be wrong.
/// </summary>
public abstract class DerivedSuite(StoreFixture fixture) : StoreSuite(fixture), IDisposable
{
    private static readonly AccountId Account = new(25073877);

    private readonly TempDirectory _directory = new();
    private readonly World _world = new();
    private readonly TestMeters _meters = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Said _log = new();

    public void Dispose()
    {
        _key.Dispose();
        _meters.Dispose();
        _world.Dispose();
        _directory.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_agrees_is_compared_at_a_bounded_rate_and_nothing_is_said()
    {
        using var silo = await FillAsync();
        var watch = Watch(silo, new DerivedSettings { EntriesPerSecond = 10 });
        await watch.TickAsync(Stop);
        for (var second = 0; second < 10; second++)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(1));
            await watch.TickAsync(Stop);
        }

        Assert.Empty(_log.Alerts);
    }

    [Theory]
    [InlineData("UPDATE journal SET harm_by = NULL", "budget mark beside entry 2 of a/25073877")]
    [InlineData("UPDATE account_index SET status = 1", "index row of a/25073877 is wrong in status")]
    [InlineData("UPDATE account_index SET version = 9", "index row of a/25073877 is of version 9")]
    [InlineData("DELETE FROM account_index", "index row of a/25073877 is missing")]
    [InlineData("UPDATE operator_index SET freeze_pending = NOT freeze_pending WHERE operator = 'kim'",
        "index row of op/kim is wrong in freeze_pending")]
    public async Task What_was_changed_is_named_once_a_round(string sql, string said)
    {
        var tamper = Tamper();
        using var silo = await FillAsync();
        await tamper.ExecuteAsync(sql);
        var settings = new DerivedSettings();
        var watch = Watch(silo, settings);
        await watch.TickAsync(Stop);
        Assert.Contains(said, Assert.Single(_log.Alerts), StringComparison.Ordinal);

        // Not before the next round.
        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        await watch.TickAsync(Stop);
        Assert.Single(_log.Alerts);
        _world.Clock.Advance(settings.Rotation);
        await watch.TickAsync(Stop);
        Assert.Equal(2, _log.Alerts.Count);
    }

    /// <summary>An operator whose end is removed would be in office again, until an audit.</summary>
    [Theory]
    [InlineData("DELETE FROM journal WHERE stream = 'op/lee'", "There is no entry at position 6.")]
    [InlineData("DELETE FROM journal WHERE position > 1", "end at position 1, but checkpoint 1 covers 9")]
    [InlineData("UPDATE journal SET at = at + 1, harm_by = NULL WHERE stream = 'a/25073877' AND sequence = 2",
        "In a/25073877, entry 2 does not have its hash.")]
    [InlineData("UPDATE journal SET mac = NULL WHERE stream = 'op/lee'", "has no MAC")]
    [InlineData("UPDATE journal SET hash = (SELECT hash FROM journal WHERE position = 1) WHERE position = 3",
        "up to position 9 do not give the root that checkpoint 1 signed; up to position 0 they do")]
    public async Task What_was_removed_or_rewritten_is_named_once_a_round(string sql, string said)
    {
        var tamper = Tamper();
        using var silo = await FillAsync();
        await silo.CheckpointAsync(Stop);
        var settings = new DerivedSettings();
        var watch = Watch(silo, settings);
        await watch.TickAsync(Stop);
        Assert.Empty(_log.Alerts);
        await tamper.ExecuteAsync(sql);
        for (var round = 1; round < 3; round++)
        {
            _world.Clock.Advance(settings.Rotation);
            await watch.TickAsync(Stop);
            Assert.True(
                round == _log.Alerts.Count(a => a.Contains(said, StringComparison.Ordinal)),
                string.Join("\n", _log.Alerts));
        }
    }

    /// <summary>A count of 5,000,001 was once written down to 3, and believed with the next follow.</summary>
    [Fact]
    public async Task A_count_that_was_written_down_is_not_exact_after_the_next_follow_and_the_account_is_protected()
    {
        var tamper = Tamper();
        using var silo = await FillAsync();
        var account = await silo.LoadAsync(Account, Stop);
        Assert.Equal((2, Tier.Standard), (account.View.Followers!.Count, account.View.Tier));
        await tamper.ExecuteAsync("UPDATE follower_count SET count = 0");
        var outcome = await account.FollowAsync([new FollowChange(new AccountId(9), true)], Stop);
        Assert.Equal((1, null), (outcome.Changed, outcome.After));
        Assert.Equal((null, Tier.Protected), (account.View.Followers, account.View.Tier));
        Assert.NotNull(account.View.LastKnownFollowers);
        Assert.Equal(Outcome.Pending, (await account.ExecuteAsync(
            new(World.Suspend(_world.Clock.GetUtcNow().AddDays(1)), World.Person("kim"), null), Stop)).Outcome);
    }

    [Fact]
    public async Task A_count_other_than_the_sealed_one_of_the_same_version_is_in_doubt_from_the_load_on()
    {
        var tamper = Tamper();
        using var silo = await FillAsync();
        var snapshot = (await silo.LoadAsync(Account, Stop)).CaptureSnapshot();
        await tamper.ExecuteAsync("UPDATE follower_count SET count = 1");
        var account = new AccountProcessor(Account, silo.Accounts);
        await account.LoadAsync(snapshot, Stop);
        Assert.Equal((null, Tier.Protected), (account.View.Followers, account.View.Tier));
    }

    [Fact]
    public async Task A_count_that_the_reconciler_finds_wrong_is_not_exact_until_it_agrees()
    {
        var tamper = Tamper();
        using var silo = await FillAsync();
        var account = await silo.LoadAsync(Account, Stop);
        await tamper.RemoveEdgesAsync(Account, 1);
        var settings = new ReconcilerSettings();
        using var run = new ReconcilerRun(Store.FollowerAudit, settings, new Told(account));
        await run.TickAsync(Stop);
        Assert.Equal((null, Tier.Protected), (account.View.Followers, account.View.Tier));

        // An account that went elsewhere has forgotten it, and is told again.
        account.DoubtFollows(inDoubt: false);
        run.Clock.Advance(TimeSpan.FromSeconds(10));
        await run.TickAsync(Stop);
        Assert.Null(account.View.Followers);

        await tamper.ExecuteAsync("INSERT INTO follower (account, follower) VALUES (25073877, 7)");
        run.Clock.Advance(settings.Rotation);
        await run.TickAsync(Stop);
        Assert.Equal((2, Tier.Standard), (account.View.Followers!.Count, account.View.Tier));
    }

    private ITamper Tamper()
    {
        Assert.SkipWhen(Fixture.Tamper is null, "This kind of store has no way in.");
        return Fixture.Tamper;
    }

    private DerivedWatch Watch(MacRig silo, DerivedSettings settings) =>
        new(Store.Derived, silo.Roots, settings, new DerivedMeters(_meters), _world.Clock, _log, silo.Boundaries);

    /// <summary>Two people, and an account that one of them took down, with the followers 7 and 8.</summary>
    private async Task<MacRig> FillAsync()
    {
        var silo = new MacRig(Store, _directory, _world, _key);
        Assert.True(await silo.DrawBoundaryAsync(Stop));
        await _world.EnrollAsync("kim");
        await _world.EnrollAsync("lee");
        await silo.RegisterAsync(Account, Stop);
        var account = await silo.LoadAsync(Account, Stop);
        await account.FollowAsync([new(new AccountId(7), true), new(new AccountId(8), true)], Stop);
        Assert.Null((await account.ExecuteAsync(new(World.Deactivate(), World.Person("kim"), "down"), Stop)).Refusal);
        return silo;
    }

    /// <summary>The account itself, which is told directly rather than through a cluster.</summary>
    private sealed class Told(AccountProcessor account) : IFollowWatch
    {
        public Task<long?> BeginAsync(AccountId id, CancellationToken cancellationToken) =>
            Task.FromResult(account.WatchFollows());

        public Task<long?> SettleAsync(
            AccountId id, System.Collections.Immutable.ImmutableArray<SweptPart> parts, long version,
            CancellationToken cancellationToken) => account.SettleFollowsAsync(parts, version, cancellationToken);

        public Task DoubtAsync(AccountId id, bool inDoubt, CancellationToken cancellationToken)
        {
            account.DoubtFollows(inDoubt);
            return Task.CompletedTask;
        }
    }

    private sealed class Said : ILogger<DerivedWatch>
    {
        public List<string> Alerts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Alerts.Add(formatter(state, exception));
    }
}
