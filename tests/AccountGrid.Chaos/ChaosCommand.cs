using System.Collections.Immutable;
using System.CommandLine;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Nemeses;
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

    // Namespaces and mounts outlive a process that does not remove them.
    private static readonly TimeSpan Cleaning = TimeSpan.FromMinutes(1);

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var options = new ChaosOptions();
        var root = new RootCommand(
            "Runs clients against a cluster of silos while it is struck, and checks everything after each strike. Exit code 0 = everything held, 1 = something did not, 2 = wrong arguments.");
        options.AddTo(root);
        var exitCode = Held;
        root.SetAction(async (parsed, token) =>
        {
            exitCode = options.Burns(parsed) is { } cores ? await BurnAsync(cores)
                : options.Lists(parsed) ? List()
                : options.Judges(parsed) is { } directory ? JudgeCommand.Run(directory, Console.WriteLine)
                : await RunAsync(options.Read(parsed), token);
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

    /// <summary>Makes the directory, so that a run of hours does not end with one that it cannot write to.</summary>
    /// <returns>Why it cannot be used, or <c>null</c>.</returns>
    private static string? Unusable(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            return Directory.EnumerateFileSystemEntries(directory).Any() ? $"--keep: {directory} is not empty." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"--keep: {e.Message}";
        }
    }

    private static async Task<int> BurnAsync(double cores)
    {
        await HostLoad.BurnAsync(cores);
        return Held;
    }

    private static async Task<int> RunAsync(ChaosArguments arguments, CancellationToken cancellationToken)
    {
        Say($"Seed {arguments.Seed}");
        var (deck, unknown) = ClusterPlan.Choose(arguments.Nemeses);
        var wrong = unknown is not null ? $"--nemesis: there is no {unknown}; --list says what there is."
            : arguments.Remote is not null && deck is not [var only]
                ? "--nemesis must be none with --address: a grid of somebody else is struck by somebody else."
            : arguments.Remote is not null && deck[0] != ClusterPlan.None
                ? $"--nemesis {deck[0].Name} cannot be done to the processes behind --address; only none can."
            : arguments.Rows is not null && deck.Contains(ClusterPlan.None)
                ? "--rows are rows of faults: --nemesis must not be none, nor can there be --address."
            : arguments.Remote is null && PostgresServer.Missing is { } missing ? missing
            : arguments.Remote is { } remote && !File.Exists(remote.TokenKey)
                ? $"--token-key: there is no file {remote.TokenKey}."
            : arguments.Keep is { } keep ? Unusable(keep)
            : null;
        if (wrong is not null)
        {
            await Console.Error.WriteLineAsync(wrong);
            return WrongArguments;
        }

        await using var load = arguments.Busy is { } cores ? HostLoad.Start(cores) : null;
        if (load is not null)
        {
            Say($"Load: {load.Cores} cores of {Environment.ProcessorCount} are wanted by another process");
        }

        var exitCode = await RunAsync(arguments, deck, cancellationToken);
        if (load is null)
        {
            return exitCode;
        }

        // Without its load a run has not tried what it was asked to try.
        var taken = load.Taken;
        Say($"Load: {(taken is null ? "its process ended too early" : $"{taken:0.00} cores taken")}");
        return taken is null ? Violated : exitCode;
    }

    private static async Task<int> RunAsync(
        ChaosArguments arguments, ImmutableArray<ClusterNemesis> deck, CancellationToken cancellationToken)
    {
        var table = new StrikeTable();
        try
        {
            var run = new PartedRun(arguments, deck, table, Console.WriteLine);
            return await run.RunAsync(cancellationToken) ? Held : Violated;
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped before its end.");
            return Violated;
        }
        finally
        {
            if (!table.IsEmpty)
            {
                Console.WriteLine(table);
            }
        }
    }

    private static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
