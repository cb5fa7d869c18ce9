namespace AccountGrid.Cli.Tests;

/// <summary>The brake from the command line.</summary>
[Collection(nameof(SiloFixture))]
public sealed class BrakeCommandTests(SiloFixture fixture)
{
    [Fact]
    public async Task Is_shown_and_not_released_while_it_is_not_engaged()
    {
        var lee = fixture.As("lee", "support", "approver");
        Assert.Contains("not engaged", (await lee.RunAsync("brake", "status")).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);
        var shown = (await lee.RunAsync("brake", "status", "--json")).Expect(ExitCode.Ok).Json;
        Assert.Equal(2_000, shown["maxHarms"]!.GetValue<int>());
        (await lee.RunAsync("brake", "release")).Expect(ExitCode.Usage);
        (await lee.RunAsync("brake", "release", "--note", "looked at")).Expect(ExitCode.Refused);
    }
}
