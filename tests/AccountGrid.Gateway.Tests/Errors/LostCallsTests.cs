using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Gateway.Tests;

public sealed class LostCallsTests
{
    private readonly FakeTimeProvider _clock = new();
    private int _calls;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_call_whose_silo_went_away_is_sent_again_after_a_pause()
    {
        var answer = LostCalls.RepeatAsync(() => ++_calls < 3 ? throw new SiloUnavailableException() : Task.FromResult(7), _clock, Token);
        Assert.Equal(1, _calls);
        await PassPausesAsync(answer);
        Assert.Equal((7, 3), (await answer, _calls));
    }

    [Fact]
    public async Task The_last_failure_is_the_callers()
    {
        var answer = LostCalls.RepeatAsync<int>(
            () =>
            {
                _calls++;
                throw new SiloUnavailableException();
            },
            _clock,
            Token);
        await PassPausesAsync(answer);
        await Assert.ThrowsAsync<SiloUnavailableException>(() => answer);
        Assert.Equal(LostCalls.Attempts, _calls);
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
        var answer = LostCalls.RepeatAsync<int>(() => throw new SiloUnavailableException(), _clock, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    private async Task PassPausesAsync(Task answer)
    {
        for (var i = 0; i < 1_000 && !answer.IsCompleted; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }
    }
}
