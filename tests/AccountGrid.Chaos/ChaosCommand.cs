using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Testing;

namespace AccountGrid.Chaos;

/// <summary>The command line.</summary>
internal static class ChaosCommand
{
    /// <summary>Everything held.</summary>
    public const int Held = 0;

    /// <summary>Something must not be; standard output says what, and where everything is kept.</summary>
    public const int Violated = 1;

    /// <summary>An argument is wrong, or this machine cannot do what was asked for.</summary>
    public const int WrongArguments = 2;

    private const int MaxMinutes = 24 * 60;

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var nemesis = new Option<string[]>("--nemesis") { Description = "What befalls the cluster: names of --list, all, or none.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => ["all"] };
        var minutes = new Option<double>("--minutes") { Description = "How long. Every nemesis comes once before any comes again.", DefaultValueFactory = _ => 5 };
        var seed = new Option<int?>("--seed") { Description = "What is planned. Default: a new one, printed." };
        var list = new Option<bool>("--list") { Description = "Says what there is, and ends." };
        var root = new RootCommand("Runs clients against a cluster of silos while it is struck, and checks everything after each strike. Exit code 0 = everything held, 1 = something did not, 2 = wrong arguments.")
        {
            nemesis, minutes, seed, list,
        };
        minutes.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<double>() is <= 0 or > MaxMinutes)
            {
                result.AddError($"--minutes must be above 0 and at most {MaxMinutes}.");
            }
        });
        var exitCode = Held;
        root.SetAction(async (parsed, token) =>
        {
            exitCode = parsed.GetValue(list)
                ? List()
                : await StrikeAsync(parsed.GetValue(nemesis)!, TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue), token);
        });
        var result = root.Parse(args);
        var invoked = await result.InvokeAsync();
        return result.Errors.Count > 0 ? WrongArguments : invoked != 0 ? invoked : exitCode;
    }

    private static int List()
    {
        foreach (var nemesis in ClusterNemesis.All)
        {
            Console.WriteLine($"{nemesis.Name,-28}{nemesis.Summary}");
        }

        return Held;
    }

    private static async Task<int> StrikeAsync(string[] names, TimeSpan time, int seed, CancellationToken cancellationToken)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}"));
        var (deck, unknown) = ClusterPlan.Choose(names);
        if (unknown is not null || PostgresServer.Missing is not null)
        {
            await Console.Error.WriteLineAsync(unknown is not null ? $"--nemesis: there is no {unknown}; --list says what there is." : PostgresServer.Missing);
            return WrongArguments;
        }

        try
        {
            var people = 120 + (int)(60 * time.TotalMinutes);
            var options = new ClusterRunOptions(seed);
            await using var run = new ClusterRun(options with { Workload = options.Workload with { People = people } }, Console.WriteLine);
            await run.StartAsync(cancellationToken);
            var began = TimeProvider.System.GetTimestamp();
            foreach (var nemesis in ClusterPlan.Order(deck, seed))
            {
                if (TimeProvider.System.GetElapsedTime(began) >= time)
                {
                    break;
                }

                await run.StrikeAsync(nemesis, cancellationToken);
            }

            Console.WriteLine(await run.FinishAsync(cancellationToken));
            return Held;
        }
        catch (CrashRunException e)
        {
            Console.WriteLine(e.Message);
            return Violated;
        }
    }
}
