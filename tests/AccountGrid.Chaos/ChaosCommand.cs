using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;
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

    // Namespaces and mounts outlive a process that does not remove them.
    private static readonly TimeSpan Cleaning = TimeSpan.FromMinutes(1);

    // How often a grid that somebody else strikes is checked.
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new OptionSet();
        var root = new RootCommand(
            "Runs clients against a cluster of silos while it is struck, and checks everything after each strike. Exit code 0 = everything held, 1 = something did not, 2 = wrong arguments.");
        options.AddTo(root);
        var exitCode = Held;
        root.SetAction(async (parsed, token) =>
        {
            exitCode = options.Lists(parsed) ? List() : await RunAsync(options.Read(parsed), token);
        });
        var result = root.Parse(args);
        var invoked = await result.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = Cleaning,
            });
        return result.Errors.Count > 0 ? WrongArguments : invoked != 0 ? invoked : exitCode;
    }

    private static int List()
    {
        foreach (var nemesis in ClusterNemesis.All.Append(ClusterPlan.None))
        {
            Console.WriteLine($"{nemesis.Name,-28}{nemesis.Summary}");
        }

        return Held;
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken cancellationToken)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {arguments.Seed}"));
        var (deck, unknown) = ClusterPlan.Choose(arguments.Nemeses);
        var wrong = unknown is not null ? $"--nemesis: there is no {unknown}; --list says what there is."
            : arguments.Remote is not null && deck is not [var only]
                ? "--nemesis must be none with --address: a grid of somebody else is struck by somebody else."
            : arguments.Remote is not null && deck[0] != ClusterPlan.None
                ? $"--nemesis {deck[0].Name} cannot be done to the processes behind --address; only none can."
            : arguments.Remote is null ? PostgresServer.Missing
            : File.Exists(arguments.Remote.TokenKey) ? null
            : $"--token-key: there is no file {arguments.Remote.TokenKey}.";
        if (wrong is not null)
        {
            await Console.Error.WriteLineAsync(wrong);
            return WrongArguments;
        }

        try
        {
            await using var run = new ClusterRun(Plan(arguments), Console.WriteLine);
            await run.StartAsync(cancellationToken);
            await GoOnAsync(run, arguments, deck, cancellationToken);
            Console.WriteLine(await run.FinishAsync(cancellationToken));
            return Held;
        }
        catch (CrashRunException e)
        {
            Console.WriteLine(e.Message);
            return Violated;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped before its end.");
            return Violated;
        }
    }

    private static async Task GoOnAsync(
        ClusterRun run, Arguments arguments, ImmutableArray<ClusterNemesis> deck, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var nemesis in ClusterPlan.Order(deck, arguments.Seed))
        {
            var left = arguments.Time - TimeProvider.System.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                break;
            }

            await (nemesis == ClusterPlan.None
                ? run.WorkAsync(left < Round ? left : Round, cancellationToken)
                : run.StrikeAsync(nemesis, cancellationToken));
        }
    }

    private static ClusterRunOptions Plan(Arguments arguments)
    {
        var options = new ClusterRunOptions(arguments.Seed) { Remote = arguments.Remote };
        var workload = options.Workload with { People = 120 + (int)(60 * Math.Min(arguments.Time.TotalMinutes, 100)) };
        if (arguments.Remote is null)
        {
            return options with { Workload = workload };
        }

        // Whoever was there before has other accounts, other people and other budgets.
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 100_000_000;
        return options with
        {
            Cluster = options.Cluster with { ProtectedReach = arguments.ProtectedReach },
            Workload = workload with
            {
                FirstAccount = now * WorkloadOptions.Spread,
                PeopleNamed = string.Create(CultureInfo.InvariantCulture, $"chaos{now}-"),
            },
        };
    }

    /// <summary>What was asked for.</summary>
    private sealed record Arguments(
        string[] Nemeses, TimeSpan Time, int Seed, RemoteGridOptions? Remote, long ProtectedReach);

    private sealed class OptionSet
    {
        private readonly Option<string[]> _nemesis =
            new("--nemesis")
            {
                Description = "What befalls the cluster: names of --list, all, or none.",
                AllowMultipleArgumentsPerToken = true,
            };
        private readonly Option<double> _minutes =
            new("--minutes")
            {
                Description = "How long. Every nemesis comes once before any comes again.",
                DefaultValueFactory = _ => 5,
            };
        private readonly Option<int?> _seed =
            new("--seed") { Description = "What is planned. Default: a new one, printed." };
        private readonly Option<bool> _list = new("--list") { Description = "Says what there is, and ends." };
        private readonly Option<string?> _address =
            new("--address")
            {
                Description = "gRPC addresses of a grid that is there already, with commas; needs --token-key.",
            };
        private readonly Option<string?> _tokenKey =
            new("--token-key")
            {
                Description =
                    "The private key (PEM) that tokens for --address are made with, such as a data directory's dev-signing-key.pem.",
            };
        private readonly Option<string> _issuer =
            new("--issuer")
            {
                Description = "The issuer in these tokens.",
                DefaultValueFactory = _ => TestTokens.DevelopmentIssuer,
            };
        private readonly Option<long> _reach =
            new("--protected-reach")
            {
                Description = "Followers from which the grid behind --address protects an account.",
                DefaultValueFactory = _ => 1_000_000,
            };

        public void AddTo(RootCommand root)
        {
            _minutes.Validators.Add(static result =>
            {
                if (result.GetValueOrDefault<double>() is <= 0 or > MaxMinutes)
                {
                    result.AddError($"--minutes must be above 0 and at most {MaxMinutes}.");
                }
            });
            _address.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<string?>() is { } text && Addresses(text).Any(static a => a is null))
                {
                    result.AddError(
                        "--address must be addresses such as http://127.0.0.1:5181, with commas between them.");
                }

                if (result.GetResult(_tokenKey) is null)
                {
                    result.AddError("--address needs --token-key.");
                }
            });
            foreach (var option in (Option[])[_nemesis, _minutes, _seed, _list, _address, _tokenKey, _issuer, _reach])
            {
                root.Add(option);
            }
        }

        public bool Lists(ParseResult parsed) => parsed.GetValue(_list);

        public Arguments Read(ParseResult parsed)
        {
            var remote = parsed.GetValue(_address) is { } addresses
                ? new RemoteGridOptions([.. Addresses(addresses).OfType<Uri>()], parsed.GetValue(_tokenKey)!,
                    parsed.GetValue(_issuer)!, Environment.GetEnvironmentVariable("ACCOUNTGRID_CHAOS_POSTGRES"))
                : null;
            return new(
                parsed.GetValue(_nemesis) is { Length: > 0 } names ? names : [remote is null ? "all" : "none"],
                TimeSpan.FromMinutes(parsed.GetValue(_minutes)),
                parsed.GetValue(_seed) ?? RandomNumberGenerator.GetInt32(int.MaxValue),
                remote,
                parsed.GetValue(_reach));
        }

        private static IEnumerable<Uri?> Addresses(string text) => text.Split(',', StringSplitOptions.TrimEntries)
            .Select(static a =>
                Uri.TryCreate(a, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https" } ? uri : null);
    }
}
