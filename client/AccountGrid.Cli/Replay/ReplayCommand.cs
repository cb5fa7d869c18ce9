using System.CommandLine;
using AccountGrid.Cli.Commands;

namespace AccountGrid.Cli.Replay;

/// <summary><c>replay</c>: tells 2 November 2017 against a real server and checks every step.</summary>
internal static class ReplayCommand
{
    public static Command Create(CommandFactory factory)
    {
        var followers = CommonOptions.Whole(
            "--followers",
            "How many followers the account has; 41000000 is the true number",
            100,
            100_000_000,
            preset: ReplayScale.DefaultFollowers);
        return factory.New(
            "replay",
            "Tells 2 November 2017 step by step, each checked against what the server really answers. "
                + "Without --server (or ACCOUNTGRID_SERVER) it starts a silo of its own and stops it at the end; "
                + "with it, --data names that silo's data directory. Exit code 1: a step failed.",
            async (run, cancellationToken) =>
            {
                var scale = new ReplayScale(run.Get(followers)!.Value);
                await using var silo = run.ServerAsked is null
                    ? await OwnSilo.StartAsync(run, scale, cancellationToken)
                    : null;
                var server = silo?.Server ?? Servers.Parse(run.ServerAsked!);
                using var api = Servers.Open(server, run.Timeout, run.Clock);
                using var key = DevelopmentKey.Load(silo?.DataDirectory ?? run.DataDirectory);
                var stage = new Stage(Cast.Assemble(key, api, run), scale, run);
                stage.Tell.Opening(server, silo is not null, scale);
                return await ReplayStory.TellAsync(stage, silo, cancellationToken);
            },
            followers);
    }
}
