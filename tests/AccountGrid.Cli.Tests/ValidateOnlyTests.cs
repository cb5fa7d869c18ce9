namespace AccountGrid.Cli.Tests;

/// <summary>What a change would come to, from the command line.</summary>
[Collection(nameof(SiloFixture))]
public sealed class ValidateOnlyTests(SiloFixture fixture)
{
    [Fact]
    public async Task Says_what_a_change_of_an_account_would_come_to()
    {
        var id = await fixture.AccountAsync();
        var (kim, lee) = (fixture.As("kim", "support"), fixture.As("lee", "support", "approver"));
        string[] down = ["account", "deactivate", id, "--reason", "SPAM", "--validate-only"];
        var shown = (await kim.RunAsync(down)).Expect(ExitCode.Ok);
        Assert.Contains("nothing was done", shown.Error, StringComparison.Ordinal);
        Assert.Contains("DEACTIVATED", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Left of the budget:", shown.Out, StringComparison.Ordinal);
        Assert.Contains("ACTIVE", (await kim.RunAsync("account", "get", id)).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);

        var actions = (await kim.RunAsync("account", "actions", id)).Expect(ExitCode.Ok).Out;
        Assert.Contains("alone", actions, StringComparison.Ordinal);
        Assert.Contains("WRONG_STATUS", actions, StringComparison.Ordinal);

        (await kim.RunAsync("account", "protect", id, "--reason", "OTHER")).Expect(ExitCode.Ok);
        var waits = (await kim.RunAsync(down)).Expect(ExitCode.Pending);
        Assert.Contains("needs a second person", waits.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("proposal approve", waits.Out, StringComparison.Ordinal);
        (await kim.RunAsync([.. down, "--direct-only"])).Expect(ExitCode.Refused);

        var asked = (await kim.RunAsync("account", "deactivate", id, "--reason", "SPAM", "--json"))
            .Expect(ExitCode.Pending).Json["proposal"]!["id"]!.GetValue<string>();
        (await kim.RunAsync("proposal", "approve", asked, "--validate-only")).Expect(ExitCode.Forbidden);
        var approved = (await lee.RunAsync("proposal", "approve", asked, "--validate-only", "--json"))
            .Expect(ExitCode.Ok).Json;
        Assert.Equal(("ACTIVE", "DEACTIVATED"), (
            approved["account"]!["status"]!.GetValue<string>(),
            approved["preview"]!["account"]!["status"]!.GetValue<string>()));
        (await kim.RunAsync("proposal", "withdraw", asked)).Expect(ExitCode.Ok);
    }

    [Fact]
    public async Task Says_what_other_changes_would_come_to()
    {
        var (admin, kim) = (fixture.As("ada", "admin"), fixture.As("kim", "support"));
        var fresh = fixture.NextId();
        var registrar = fixture.Network();
        (await registrar.RunAsync("account", "register", $"{fresh}", "user", "--validate-only")).Expect(ExitCode.Ok);
        (await kim.RunAsync("account", "get", $"{fresh}")).Expect(ExitCode.NotFound);
        var enrolled = (await admin.RunAsync(
            "operator", "enroll", $"new-{fresh}", "--roles", "support", "--validate-only")).Expect(ExitCode.Pending);
        Assert.Contains("needs a second person", enrolled.Out, StringComparison.Ordinal);
        (await admin.RunAsync("operator", "get", $"new-{fresh}")).Expect(ExitCode.NotFound);
        Assert.Contains(
            "with a second person",
            (await admin.RunAsync("operator", "actions", $"new-{fresh}")).Expect(ExitCode.Ok).Out,
            StringComparison.Ordinal);
        (await admin.RunAsync(
            "policy", "propose", "Operators:PowerProposalLifetime=72h", "--validate-only")).Expect(ExitCode.Pending);
        Assert.Null((await admin.RunAsync("policy", "get", "--json")).Expect(ExitCode.Ok).Json["openProposal"]);
        (await fixture.As("lee", "support", "approver").RunAsync(
            "brake", "release", "--note", "all is well", "--validate-only")).Expect(ExitCode.Refused);
    }
}
