namespace AccountGrid.ForeignClients.Tests;

/// <summary>What is asked of every foreign client's report.</summary>
public abstract class ClientSuite(ForeignRun run, string protocol)
{
    /// <summary>Reasons that nobody can provoke from outside, and why.</summary>
    private static readonly Dictionary<string, string> Unprovoked = new()
    {
        ["INTERNAL"] = "a silo has no fault that it shows on demand",
    };

    [Fact]
    public void Every_method_was_answered()
    {
        var called = Tally().Root.GetProperty("called").EnumerateObject().Select(static c => c.Name);
        Assert.Equal(World.Methods.Select(World.NameOf).Order(StringComparer.Ordinal),
            called.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_error_was_met()
    {
        var met = Tally().Root.GetProperty("reasons").EnumerateObject().Select(static r => r.Name);
        Assert.Equal(ErrorTable.Read().Keys.Except(Unprovoked.Keys).Order(StringComparer.Ordinal),
            met.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_scenario_was_played_and_no_other()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{Tally().Text("version")}\n{run.Printed}");
        Assert.Equal(Plan.Names(protocol).Concat(Plan.Wrong.Select(static row => row.Data))
            .Order(StringComparer.Ordinal), run.Scenarios.Keys.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Plan.Wrong), MemberType = typeof(Plan))]
    public void What_is_wrong_is_found(string scenario)
    {
        Tally();
        Assert.True(run.Scenarios.TryGetValue(scenario, out var report),
            $"Nothing was reported. The script printed:\n{run.Printed}");
        Assert.True(report.Text("ok") == "False", $"{Tally().Text("version")} takes for right: {scenario}");

        // A script that stumbles over something else has found nothing.
        Assert.Contains(" must ", $" {report.Text("detail")}", StringComparison.Ordinal);
    }

    /// <summary>Holds a scenario's report to success.</summary>
    protected void Held(string scenario)
    {
        Tally();
        Assert.True(run.Scenarios.TryGetValue(scenario, out var report),
            $"Nothing was reported. The script printed:\n{run.Printed}");
        Assert.True(report.Text("ok") == "True",
            $"{Tally().Text("version")}, {report.Text("step")}: {report.Text("detail")}\n{report.Text("what")}");
    }

    /// <summary>The script's last word.</summary>
    private protected Line Tally()
    {
        Assert.SkipWhen(run.Missing is not null, run.Missing ?? "");
        Assert.True(run.Tally is not null, $"The script did not come to its end. It printed:\n{run.Printed}");
        return run.Tally;
    }
}

public sealed class Grpc_js(NodeRun run) : ClientSuite(run, "grpc"), IClassFixture<NodeRun>
{
    [Theory, MemberData(nameof(Plan.OverGrpc), MemberType = typeof(Plan))]
    public void Holds(string scenario) => Held(scenario);
}

public sealed class Grpcio(PythonRun run) : ClientSuite(run, "grpc"), IClassFixture<PythonRun>
{
    [Theory, MemberData(nameof(Plan.OverGrpc), MemberType = typeof(Plan))]
    public void Holds(string scenario) => Held(scenario);
}
