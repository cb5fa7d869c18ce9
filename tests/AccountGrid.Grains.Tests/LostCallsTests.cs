using System.Reflection;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Grains.Tests;

public sealed class LostCallsTests
{
    private readonly ImpatientClock _clock = new();
    private int _calls;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_whose_silo_went_away_is_sent_again_after_longer_and_longer_pauses()
    {
        Assert.Equal(7,
            await LostCalls.RepeatAsync(
                () => ++_calls < 7 ? throw new SiloUnavailableException() : Task.FromResult(7), _clock, Token));
        Assert.Equal(7, _calls);
        Assert.Equal([100, 200, 400, 800, 1000, 1000], _clock.Pauses.Select(static p => p.TotalMilliseconds));
    }

    [Fact]
    public async Task A_call_whose_new_activation_could_not_register_itself_is_sent_again()
    {
        // While silos were started, and on one that did not know yet that it was declared dead; the callers were told
        // INTERNAL.
        foreach (var failure in (Exception[])[new TaskCanceledException(),
            new OrleansException("Trying to register account/1 on invalid silo")])
        {
            _calls = 0;
            Assert.Equal(2,
                await LostCalls.RepeatAsync(() => ++_calls < 2 ? throw failure : Task.FromResult(2), _clock, Token));
        }
    }

    [Fact]
    public async Task The_last_failure_is_the_callers()
    {
        await Assert.ThrowsAsync<SiloUnavailableException>(() => LostCalls.RepeatAsync<int>(
            () =>
            {
                _calls++;
                throw new SiloUnavailableException();
            },
            _clock,
            Token));
        Assert.Equal((LostCalls.Attempts, LostCalls.Attempts - 1), (_calls, _clock.Pauses.Count));
    }

    [Fact]
    public async Task Any_other_failure_is_the_callers_at_once()
    {
        foreach (var failure in (Exception[])[new FormatException(), new InvalidOperationException()])
        {
            _calls = 0;
            await Assert.ThrowsAsync(failure.GetType(), () => LostCalls.RepeatAsync<int>(
                () =>
                {
                    _calls++;
                    throw failure;
                },
                _clock,
                Token));
            Assert.Equal(1, _calls);
        }
    }

    [Fact]
    public async Task The_pauses_end_with_the_callers_time()
    {
        using var caller = new CancellationTokenSource();
        var answer = LostCalls.RepeatAsync<int>(
            () => throw new SiloUnavailableException(), new FakeTimeProvider(), caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    // A silo that stood still committed a suspension after its repetition had been refused: its end had passed.
    [Theory]
    [InlineData(typeof(SiloUnavailableException), true)]
    [InlineData(typeof(TimeoutException), true)]
    [InlineData(typeof(OrleansException), true)]
    [InlineData(typeof(OrleansMessageRejectionException), false)]
    public async Task A_command_says_whether_an_earlier_attempt_may_have_acted(Type failure, bool mayHaveActed)
    {
        Assert.Equal((2, mayHaveActed), await SendAsync(hasRequestId: true, failure));
        Assert.Equal((1, false), await SendAsync(hasRequestId: true));
    }

    [Fact]
    public async Task A_command_without_a_request_id_is_sent_again_only_if_it_was_not_delivered()
    {
        Assert.Equal((2, false), await SendAsync(hasRequestId: false, typeof(OrleansMessageRejectionException)));
        foreach (var lost in (Type[])[typeof(SiloUnavailableException), typeof(TimeoutException)])
        {
            await Assert.ThrowsAsync(lost, () => SendAsync(hasRequestId: false, lost));
            Assert.Equal(1, _calls);
        }
    }

    [Fact]
    public async Task A_command_is_not_sent_again_where_nothing_may_be() =>
        await Assert.ThrowsAsync<OrleansMessageRejectionException>(() => LostCalls.SendCommandAsync<int>(
            static () => throw Make(typeof(OrleansMessageRejectionException)),
            hasRequestId: true,
            static _ => false,
            _clock,
            Token));

    // Answers with the number of the attempt, after one failure if one is given.
    private Task<(int Answer, bool MayHaveActed)> SendAsync(bool hasRequestId, Type? failure = null)
    {
        _calls = 0;
        return LostCalls.SendCommandAsync(
            () => ++_calls == 1 && failure is not null
                ? throw Make(failure)
                : Task.FromResult(_calls),
            hasRequestId,
            LostCalls.IsLost,
            _clock,
            Token);
    }

    // The constructor of a rejection is Orleans' own.
    private static Exception Make(Type failure) => (Exception)Activator.CreateInstance(
        failure, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, ["lost"], null)!;

    /// <summary>Every timer is due at once; how long it should have taken is kept.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public List<TimeSpan> Pauses { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Pauses.Add(dueTime);
            return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }
}
