namespace AccountGrid.Cli.Tests;

/// <summary>Operators from the command line.</summary>
[Collection(nameof(SiloFixture))]
public sealed class OperatorCommandTests(SiloFixture fixture)
{
    [Fact]
    public async Task Are_enrolled_offboarded_and_their_acts_undone()
    {
        var name = $"rob-{fixture.NextId()}";
        var admin = fixture.As("ada", "admin");
        var (rob, kim) = (fixture.As(name, "support"), fixture.As("kim", "support"));
        (await kim.RunAsync("operator", "get", "kim")).Expect(ExitCode.Ok);
        (await rob.RunAsync("operator", "get", name)).Expect(ExitCode.Ok);
        (await admin.RunAsync("operator", "enroll", name, "--roles", "support", "--authority-ends", "90d",
            "--display-name", "R")).Expect(ExitCode.Ok);
        var asked = (await admin.RunAsync("operator", "enroll", name, "--roles", "support,auditor",
            "--authority-ends", "90d", "--json")).Expect(ExitCode.Pending).Json;
        var proposal = asked["proposal"]!["id"]!.GetValue<string>();
        Assert.Contains(proposal, (await admin.RunAsync("operator", "get", name)).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);
        (await admin.RunAsync("proposal", "approve", proposal)).Expect(ExitCode.Refused);
        (await fixture.As("ben", "admin").RunAsync("proposal", "approve", proposal)).Expect(ExitCode.Pending);
        Assert.Contains("SCHEDULED", (await admin.RunAsync("proposal", "get", proposal)).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);
        (await admin.RunAsync("proposal", "withdraw", proposal)).Expect(ExitCode.Ok);
        (await admin.RunAsync("proposal", "get", proposal)).Expect(ExitCode.NotFound);
        var id = await fixture.AccountAsync();
        (await rob.RunAsync("account", "deactivate", id, "--reason", "SPAM")).Expect(ExitCode.Ok);
        var shown = (await admin.RunAsync("operator", "get", name, "--json")).Expect(ExitCode.Ok).Json;
        Assert.Equal(("ACTIVE", 1),
            (shown["standing"]!.GetValue<string>(), shown["harmsInWindow"]!.GetValue<int>()));
        (await admin.RunAsync("operator", "offboard", name)).Expect(ExitCode.Ok);
        (await rob.RunAsync("account", "get", id)).Expect(ExitCode.Forbidden);
        var dry = (await kim.RunAsync("operator", "undo", name, "--since", "1h", "--dry-run")).Expect(ExitCode.Ok);
        Assert.Contains($"Would restore 1: {id}", dry.Out, StringComparison.Ordinal);
        (await kim.RunAsync("operator", "undo", name, "--since", "1h")).Expect(ExitCode.Ok);
        (await fixture.Network().RunAsync("account", "public", id)).Expect(ExitCode.Ok);
        Assert.Contains(name, (await admin.RunAsync("operator", "list", "--limit", "1000")).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);
        (await admin.RunAsync("operator", "get", "nobody-of-that-name")).Expect(ExitCode.NotFound);
    }
}
