using AccountGrid.Application;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccountGrid.Grains.Tests;

/// <summary>
/// A silo that stood still. Woken after it had been declared dead, it answered up to 33 reads of an account from its
/// old views, although another silo had taken the account down.
/// </summary>
public static class PauseGuardTests
{
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(5);

    public sealed class A_silo_that_is_alone
    {
        [Fact]
        public void Is_always_clear()
        {
            var clock = new PausableClock();
            using var guard = new PauseGuard(clock, NullLogger<PauseGuard>.Instance);
            clock.StandStill(TimeSpan.FromHours(1));
            clock.Wake();
            Assert.True(guard.IsClear(out var generation));
            Assert.Equal(0, generation);
        }
    }

    public sealed class A_silo_that_keeps_time : Guarded
    {
        [Fact]
        public void Is_clear_and_does_not_read_the_table()
        {
            Clock.Run(TimeSpan.FromMinutes(1));
            Assert.True(Guard.IsClear(out _));
            Assert.Equal(0, Membership.Asked);
        }

        [Fact]
        public void Is_clear_where_a_beat_is_late_by_less_than_a_pause()
        {
            Clock.StandStill(PauseGuard.Tolerance - TimeSpan.FromTicks(1));
            Assert.True(Guard.IsClear(out _));
            Clock.Wake();
            Assert.True(Guard.IsClear(out _));
            Assert.Equal(0, Membership.Asked);
        }

        [Fact]
        public async Task Is_dead_as_soon_as_the_runtime_has_heard_so()
        {
            Membership.Heard = new(IsDead: true, 2);
            Clock.Run(PauseGuard.BeatInterval);
            Assert.True(Guard.IsDead);
            Assert.False(Guard.IsClear(out _));
            await Assert.ThrowsAsync<SiloUnavailableException>(async () => await ConfirmAsync());
        }
    }

    public sealed class A_silo_that_stood_still : Guarded
    {
        [Fact]
        public async Task Is_clear_of_nothing_before_its_first_beat_nor_after_it()
        {
            Membership.HoldsBack = true;
            Clock.StandStill(LongPause);
            Assert.False(Guard.IsClear(out _));
            Clock.Wake();
            Assert.False(Guard.IsClear(out _));
            var waiting = ConfirmAsync();
            Clock.Run(TimeSpan.FromMilliseconds(300));
            Assert.False(waiting.IsCompleted);
            (await Membership.NextAsync()).Reply(Membership.Now);
            await waiting;
            Assert.True(Guard.IsClear(out _));
            Assert.Equal(1, Membership.Asked);
        }

        [Fact]
        public async Task Keeps_what_it_remembers_where_nothing_changed_meanwhile()
        {
            Clock.StandStill(LongPause);
            Assert.Equal(0, await ConfirmAsync());
        }

        [Fact]
        public async Task Compares_what_it_remembers_where_the_membership_changed()
        {
            Clock.StandStill(LongPause);
            Membership.Now = new(IsDead: false, 2);

            // Also if the runtime has heard of it before the guard asks.
            Membership.Heard = Membership.Now;
            Assert.Equal(1, await ConfirmAsync());
            Clock.Run(TimeSpan.FromSeconds(1));
            Clock.StandStill(LongPause);
            Membership.Now = new(IsDead: false, 3);
            Assert.Equal(2, await ConfirmAsync());
        }

        [Fact]
        public async Task Compares_it_also_where_the_pause_hit_a_beat_and_the_runtime_woke_first()
        {
            Membership.WhenHeardIsRead = () =>
            {
                Membership.WhenHeardIsRead = null;
                Clock.StandStill(LongPause);
                Membership.Heard = Membership.Now = new(IsDead: false, 2);
            };
            Clock.Run(PauseGuard.BeatInterval);
            Assert.Equal(1, await ConfirmAsync());
        }

        [Fact]
        public async Task Answers_nothing_any_more_once_it_was_declared_dead()
        {
            Clock.StandStill(LongPause);
            Membership.Now = new(IsDead: true, 2);
            await Assert.ThrowsAsync<SiloUnavailableException>(async () => await ConfirmAsync());
            Assert.True(Guard.IsDead);
            Membership.Now = new(IsDead: false, 3);
            Clock.Run(TimeSpan.FromSeconds(30));
            await Assert.ThrowsAsync<SiloUnavailableException>(async () => await ConfirmAsync());
            Assert.False(Guard.IsClear(out _));
        }

        [Fact]
        public async Task Does_not_believe_an_answer_that_was_on_its_way_during_another_pause()
        {
            Membership.HoldsBack = true;
            Clock.StandStill(LongPause);
            var waiting = ConfirmAsync();
            var first = await Membership.NextAsync();
            Clock.StandStill(LongPause);
            first.Reply(new(IsDead: false, 1));
            (await Membership.NextAsync()).Reply(new(IsDead: true, 2));
            await Assert.ThrowsAsync<SiloUnavailableException>(() => waiting);
        }

        [Fact]
        public async Task Is_told_that_the_table_cannot_be_read_and_is_clear_when_it_can()
        {
            Membership.Failure = new TimeoutException("No answer.");
            Clock.StandStill(LongPause);
            var waiting = ConfirmAsync();
            while (!waiting.IsCompleted)
            {
                Clock.Run(PauseGuard.BeatInterval);
                await Task.Yield();
            }

            var refused = await Assert.ThrowsAsync<StorageUnavailableException>(() => waiting);
            Assert.IsType<TimeoutException>(refused.InnerException);
            Assert.False(Guard.IsClear(out _));
            Membership.Failure = null;
            await Eventually.TrueAsync(
                () =>
                {
                    Clock.Run(PauseGuard.BeatInterval);
                    return Task.FromResult(Guard.IsClear(out _));
                },
                "it is clear again by its own beats");
        }

        [Fact]
        public async Task Looks_again_for_a_while_because_others_may_just_be_declaring_it_dead()
        {
            Clock.StandStill(LongPause);
            await ConfirmAsync();
            Membership.Now = new(IsDead: true, 2);
            await Eventually.TrueAsync(
                () =>
                {
                    Clock.Run(PauseGuard.ProbationInterval);
                    return Task.FromResult(Guard.IsDead);
                },
                "it has found out");
            Assert.InRange(Clock.GetElapsedTime(0), LongPause, LongPause + PauseGuard.Probation);
        }

        [Fact]
        public async Task Waits_no_longer_than_the_caller()
        {
            Membership.HoldsBack = true;
            Clock.StandStill(LongPause);
            using var patience = new CancellationTokenSource();
            var waiting = Guard.ConfirmAsync(patience.Token).AsTask();
            await patience.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
    }

    /// <summary>A silo of a cluster whose time and membership a test makes.</summary>
    public abstract class Guarded : IDisposable
    {
        protected Guarded() => Guard = new PauseGuard(Clock, NullLogger<PauseGuard>.Instance, Membership);

        protected PausableClock Clock { get; } = new();

        protected MembershipScript Membership { get; } = new();

        protected PauseGuard Guard { get; }

        public void Dispose()
        {
            Guard.Dispose();
            GC.SuppressFinalize(this);
        }

        protected Task<int> ConfirmAsync() => Guard.ConfirmAsync(TestContext.Current.CancellationToken).AsTask();
    }
}
