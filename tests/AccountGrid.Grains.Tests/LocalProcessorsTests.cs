using AccountGrid.Application;

namespace AccountGrid.Grains.Tests;

/// <summary>When an activation in this silo is asked without a call.</summary>
public sealed class LocalProcessorsTests : PauseGuardTests.Guarded
{
    private readonly ProcessorLimits _limits = new();
    private readonly object _processor = new();
    private readonly LocalProcessors<object> _local;
    private readonly LocalProcessors<object>.Activation _activation;

    public LocalProcessorsTests()
    {
        _local = new(Guard, _limits, Clock);
        _activation = _local.Begin("kim", _processor);
    }

    [Fact]
    public void Is_found_for_a_while_after_each_call()
    {
        Assert.Null(_local.Find("kim"));
        _activation.Called(Guard.Generation);
        Clock.Run(_limits.AuthorityFreshness - PauseGuard.BeatInterval);
        Assert.Same(_processor, _local.Find("kim"));
        Assert.Null(_local.Find("lee"));
        Clock.Run(PauseGuard.BeatInterval);
        Assert.Null(_local.Find("kim"));
        _activation.Called(Guard.Generation);
        Assert.Same(_processor, _local.Find("kim"));
    }

    [Fact]
    public void Is_not_found_after_its_end()
    {
        _activation.Called(Guard.Generation);
        _activation.End();
        Assert.Null(_local.Find("kim"));

        // A call that was still under way.
        _activation.Called(Guard.Generation);
        Assert.Null(_local.Find("kim"));
        _activation.End();
    }

    [Fact]
    public void Does_not_end_the_one_after_it()
    {
        _activation.Called(Guard.Generation);
        var next = new object();
        _local.Begin("kim", next).Called(Guard.Generation);
        _activation.End();
        Assert.Same(next, _local.Find("kim"));
    }

    [Fact]
    public void Is_not_found_while_the_silo_is_in_doubt_after_a_pause()
    {
        _activation.Called(Guard.Generation);
        Clock.StandStill(PauseGuard.Tolerance);
        Assert.Null(_local.Find("kim"));
    }

    [Fact]
    public void Is_not_found_with_a_memory_from_before_a_change_of_the_membership()
    {
        _activation.Called(Guard.Generation - 1);
        Assert.Null(_local.Find("kim"));
    }
}
