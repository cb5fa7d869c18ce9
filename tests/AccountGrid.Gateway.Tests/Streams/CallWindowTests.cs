using AccountGrid.Gateway.Services;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Gateway.Tests.Streams;

public sealed class CallWindowTests
{
    private const int Most = 1000;
    private readonly FakeTimeProvider _clock = new();
    private readonly CallWindow _window;
    private Task<int>? _next;
    private int _underWay;

    public CallWindowTests()
    {
        _window = new CallWindow(Most, _clock);
        _underWay = Enter(_window, 10 * Most);
    }

    [Fact]
    public void Prompt_answers_double_it_each_round_up_to_the_most()
    {
        Assert.Equal((CallWindow.Least, CallWindow.Least), (_window.Limit, _underWay));
        Round(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2 * CallWindow.Least, _window.Limit);
        for (var before = _window.Limit; before < Most / 2; before = _window.Limit)
        {
            Round(TimeSpan.FromMilliseconds(100));
            Assert.InRange(_window.Limit, before * 15 / 8, before * 2);
        }

        Grow();
        Round(TimeSpan.FromMilliseconds(100));
        Assert.Equal(Most, _window.Limit);
        Assert.InRange(_underWay, Most * 15 / 16, Most);
    }

    [Fact]
    public void Calls_that_nobody_waits_behind_prove_nothing()
    {
        Leave(1);
        for (var call = 0; call < 10 * Most; call++)
        {
            Assert.Equal(1, Enter(_window, 1));
            Leave(1);
        }

        Assert.Equal(CallWindow.Least, _window.Limit);
    }

    [Fact]
    public void Late_answers_halve_it_once_per_round_and_never_below_the_least()
    {
        Grow();
        Round(CallWindow.Late * 2);
        Assert.Equal(Most / 2, _window.Limit);
        for (var round = 0; round < 10; round++)
        {
            Round(CallWindow.Late * 2);
        }

        Assert.Equal(CallWindow.Least, _window.Limit);
        Assert.InRange(_underWay, CallWindow.Least * 15 / 16, CallWindow.Least);
    }

    [Fact]
    public async Task A_full_queue_halves_it_and_what_was_beyond_is_not_given_out_again()
    {
        Grow();
        Leave(_underWay - (Most / 2) + (Most / 32) - 1, wasRefused: true);

        // About half of the calls are still under way, and that is the bound now: who waits is called once a sixteenth
        // of it is free.
        Assert.Equal(Most / 2, _window.Limit);
        Assert.False(_next!.IsCompleted);
        Leave(1, wasRefused: true);
        Assert.Equal(Most / 32, await _next);
    }

    [Fact]
    public async Task Those_who_wait_get_their_places_in_turn_and_no_more_than_they_want()
    {
        var first = _window.EnterAsync(3);
        var second = _window.EnterAsync(10 * Most);
        Leave(2);
        Assert.Equal(3, await first);
        Assert.False(second.IsCompleted);
        Leave(2);
        Assert.InRange(await second, 1, 5);
    }

    [Fact]
    public void The_most_may_be_less_than_the_first_bound()
    {
        var one = new CallWindow(1, _clock);
        Assert.Equal(1, Enter(one, 5));
        var next = one.EnterAsync(5);
        Assert.False(next.IsCompleted);
        one.Leave(_clock.GetTimestamp(), wasRefused: true);
        Assert.True(next.IsCompletedSuccessfully);
        Assert.Equal(1, one.Limit);
    }

    private static int Enter(CallWindow window, int wanted)
    {
        var places = window.EnterAsync(wanted);
        Assert.True(places.IsCompletedSuccessfully);
        return places.Result;
    }

    private void Leave(int calls, bool wasRefused = false)
    {
        for (var i = 0; i < calls; i++)
        {
            _window.Leave(_clock.GetTimestamp(), wasRefused);
        }
    }

    private void Grow()
    {
        while (_window.Limit < Most)
        {
            Round(TimeSpan.Zero);
        }
    }

    /// <summary>Ends all calls that are under way after a time, while somebody always waits for more places.</summary>
    private void Round(TimeSpan takes)
    {
        var began = _clock.GetTimestamp();
        _clock.Advance(takes);
        for (var left = _underWay; left > 0; left--)
        {
            var next = _next ??= _window.EnterAsync(10 * Most);
            _window.Leave(began, wasRefused: false);
            _underWay--;
            if (next.IsCompletedSuccessfully)
            {
                _underWay += next.Result;
                _next = null;
            }
        }
    }
}
