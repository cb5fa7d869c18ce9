using System.CommandLine;
using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Benchmarks.Memory;

namespace AccountGrid.Benchmarks;

/// <summary>
/// The command line: <c>list</c>, <c>all</c>, one verb per benchmark, and the hidden verbs of child processes.
/// </summary>
internal static class BenchmarkCommand
{
    private static readonly IBenchmark[] All =
    [
        new ReadGrpcBenchmark(), new ReadHttpBenchmark(), new ReadRedisBenchmark(), new BatchGetBenchmark(),
        new TransitionBenchmark(StoreKind.Sqlite), new FollowsHotBenchmark(StoreKind.Sqlite), new FollowsWideBenchmark(
            StoreKind.Sqlite), new DiskBenchmark(StoreKind.Sqlite),
        new TransitionBenchmark(StoreKind.Postgres), new FollowsHotBenchmark(
            StoreKind.Postgres), new FollowsWideBenchmark(StoreKind.Postgres), new DiskBenchmark(StoreKind.Postgres),
        new RestoreVisibleBenchmark(), new FailoverBenchmark(), new ScaleOutBenchmark(),
        new TelemetryBenchmark(), new SnapshotBenchmark(StoreKind.Sqlite), new SnapshotBenchmark(StoreKind.Postgres),
        new MemoryBenchmark(), new RestartBenchmark(), new RestoreHugeBenchmark(), new StartBenchmark(),
    ];

    /// <summary>Makes it.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Measures AccountGrid against honest baselines. Tables go to standard output, progress to standard error. Exit code 0 = every goal met, 1 = one missed, 2 = the state is wrong or it could not be measured.");
        var options = new OptionSet();
        options.AddTo(root);
        var list = new Command("list", "Says what there is.");
        list.SetAction(_ => List());
        root.Add(list);
        var all = new Command("all", "Runs every benchmark, one after the other.");
        all.SetAction((parsed, token) => RunAsync(All, options.Read(parsed), token));
        root.Add(all);
        foreach (var benchmark in All)
        {
            var command = new Command(benchmark.Name, benchmark.Summary);
            command.SetAction((parsed, token) => RunAsync([benchmark], options.Read(parsed), token));
            root.Add(command);
        }

        root.Add(Serve());
        root.Add(MeasureMemory());
        return root;
    }

    private static void List()
    {
        foreach (var benchmark in All)
        {
            Console.WriteLine($"{benchmark.Name,-24}{benchmark.Summary}");
        }
    }

    private static async Task<int> RunAsync(
        IReadOnlyList<IBenchmark> benchmarks, BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var exitCode = 0;
        foreach (var benchmark in benchmarks)
        {
            Progress.Report($"== {benchmark.Name}");
            if (benchmark.Missing is { } missing)
            {
                Console.WriteLine($"{benchmark.Name}: skipped. {missing}");
                continue;
            }

            try
            {
                var report = await benchmark.RunAsync(options, cancellationToken);
                ReportPrinter.Print(Console.Out, benchmark.Name, report);
                exitCode = Math.Max(exitCode, report.GoalsMet ? 0 : 1);
            }
            catch (VerificationException e)
            {
                Console.WriteLine($"{benchmark.Name}: the state is wrong, its figures are worth nothing. {e.Message}");
                exitCode = 2;
            }
            catch (Exception e) when (e is InvalidOperationException or TimeoutException or Grpc.Core.RpcException)
            {
                // Calls that failed, a server that did not start: the others may still run.
                Console.WriteLine($"{benchmark.Name}: failed. {e.Message}");
                exitCode = 2;
            }
        }

        return exitCode;
    }

    private static Command Serve()
    {
        var kind = new Option<BaselineKind>("--kind") { Required = true };
        var key = new Option<string>("--key") { Required = true };
        var directory = new Option<string>("--directory") { Required = true };
        var accounts = new Option<int>("--accounts") { Required = true };
        var serve = new Command("serve", "Serves a baseline; benchmarks start it themselves.") { Hidden = true };
        var postgres = new Option<string?>("--postgres");
        var redis = new Option<string?>("--redis");
        foreach (var option in (Option[])[kind, key, directory, accounts, postgres, redis])
        {
            serve.Add(option);
        }

        serve.SetAction((parsed, token) => BaselineCommand.ServeAsync(
            parsed.GetRequiredValue(kind), parsed.GetRequiredValue(key), parsed.GetRequiredValue(directory),
            parsed.GetRequiredValue(accounts),
            new PeerPlace(parsed.GetValue(postgres), parsed.GetValue(redis)), token));
        return serve;
    }

    private static Command MeasureMemory()
    {
        var kind = new Option<MemoryKind>("--kind") { Required = true };
        var directory = new Option<string>("--directory") { Required = true };
        var activations = new Option<int>("--activations") { Required = true };
        var measure = new Command(
            "measure-memory", "Activates grains and says what they cost; the memory benchmark starts it itself.")
        {
            Hidden = true,
        };
        measure.Add(kind);
        measure.Add(directory);
        measure.Add(activations);
        measure.SetAction((parsed, token) => MemoryProbe.RunAsync(
            parsed.GetRequiredValue(kind), parsed.GetRequiredValue(directory), parsed.GetRequiredValue(activations),
            token));
        return measure;
    }

    /// <summary>The options that every benchmark takes.</summary>
    private sealed class OptionSet
    {
        private static readonly BenchmarkOptions Default = new();
        private readonly Option<int> _rounds =
            new("--rounds")
            {
                Description = "Interleaved rounds.",
                DefaultValueFactory = _ => Default.Rounds,
                Recursive = true,
            };
        private readonly Option<double> _seconds =
            new("--seconds")
            {
                Description = "Length of one measurement, where it is by time.",
                DefaultValueFactory = _ => Default.Seconds,
                Recursive = true,
            };
        private readonly Option<string?> _data =
            new("--data")
            {
                Description = "Where data directories are made: the disk under test. Default: the temporary directory.",
                Recursive = true,
            };
        private readonly Option<bool> _keep =
            new("--keep")
            {
                Description = "Keep prepared data under --data and use it again (restart, restore-huge).",
                Recursive = true
            };
        private readonly Option<int?> _accounts =
            new("--accounts")
            {
                Description = "Accounts of restart and memory. Default: 1,000,000 and 100,000.",
                Recursive = true,
            };
        private readonly Option<long> _followers =
            new("--followers")
            {
                Description = "Followers of restore-huge.",
                DefaultValueFactory = _ => Default.Followers,
                Recursive = true,
            };

        public void AddTo(RootCommand root)
        {
            Range(_rounds, 1, 1_000);
            Range(_seconds, 0.1, 600);
            Range(_accounts, 1_024, 10_000_000);
            Range(_followers, 1_000, 1_000_000_000);
            foreach (var option in (Option[])[_rounds, _seconds, _data, _keep, _accounts, _followers])
            {
                root.Add(option);
            }
        }

        public BenchmarkOptions Read(ParseResult parsed) => new()
        {
            Rounds = parsed.GetValue(_rounds),
            Seconds = parsed.GetValue(_seconds),
            Directory = parsed.GetValue(_data) is { } data ? Path.GetFullPath(data) : null,
            Keep = parsed.GetValue(_keep),
            Accounts = parsed.GetValue(_accounts),
            Followers = parsed.GetValue(_followers),
        };

        private static void Range<T>(Option<T> option, double least, double most) => option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() is IConvertible value
                && (value.ToDouble(null) < least || value.ToDouble(null) > most))
            {
                result.AddError(
                    string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"{option.Name} must be from {least:#,0.#} to {most:#,0.#}."));
            }
        });
    }
}
