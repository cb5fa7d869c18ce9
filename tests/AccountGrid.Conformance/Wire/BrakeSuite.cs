namespace AccountGrid.Conformance.Wire;

/// <summary>
/// The brake over the grid as every caller sees it. What it does when it engages would hold up all other suites: that
/// is tested with silos of its own.
/// </summary>
public abstract class BrakeSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task Staff_see_its_limits_and_that_each_lone_harm_counts(Protocol protocol)
    {
        var cast = Meet(protocol);
        var account = await cast.RegisterAsync(followers: 3);
        var before = await cast.Lee.Wire.Brake.GetBrakeAsync(new(), Options);
        Assert.Equal((null, null, 2_000, 10_000_000, TimeSpan.FromHours(1)), (
            before.EngagedAt, before.EngagedUntil, before.MaxHarms, before.MaxReach, before.Window.ToTimeSpan()));
        await cast.Kim.DownAsync(account);
        var after = await cast.Lee.Wire.Brake.GetBrakeAsync(new(), Options);
        Assert.True(after.Harms > before.Harms && after.Reach >= before.Reach + 3, $"{before} {after}");
    }

    [Theory, BothProtocols]
    public async Task What_is_not_engaged_is_not_released(Protocol protocol)
    {
        var cast = Meet(protocol);
        var refused = await WireClient.ErrorAsync(
            cast.Lee.Wire.Brake.ReleaseBrakeAsync(new() { Note = "all is well" }, Options));
        Assert.Equal("WRONG_STATUS", refused.Reason);
        var note = await WireClient.ErrorAsync(cast.Lee.Wire.Brake.ReleaseBrakeAsync(new(), Options));
        Assert.Equal(("INVALID_ARGUMENT", "note"), (note.Reason, Assert.Single(note.Fields)));
    }
}
