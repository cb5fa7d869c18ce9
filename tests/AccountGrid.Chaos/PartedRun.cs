using System.Collections.Immutable;
using System.Globalization;
using AccountGrid.Chaos.Clusters;
using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;

namespace AccountGrid.Chaos;

/// <summary>
/// A run of any length, in parts. Each part has a cluster, a database, clients and a history of its own, which end with
/// it: so what is kept in memory and on the database's disk, and the time that a check of the whole history takes, are
/// bounded by the length of a part, not of the run. The order of the faults goes on from part to part. Used once.
/// </summary>
/// <param name="arguments">What was asked for.</param>
/// <param name="deck">The faults.</param>
/// <param name="table">Gets a line for each fault, or pair of them, over all parts.</param>
/// <param name="say">Prints a line.</param>
internal sealed class PartedRun(
    ChaosArguments arguments, ImmutableArray<ClusterNemesis> deck, StrikeTable table, Action<string> say)
{
    // How often a grid that another program or a person strikes is checked.
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(15);

    private long? _began;
    private int _rounds;

    // The start of the first cluster is not counted.
    private TimeSpan Left =>
        _began is { } began ? arguments.Time - TimeProvider.System.GetElapsedTime(began) : arguments.Time;

    /// <summary>Runs until its time is over, or all rows have struck, or something does not hold.</summary>
    /// <returns>Whether everything held; it says what did not.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var rows = Rows().GetEnumerator();
        var more = rows.MoveNext();
        for (var part = 0; more && Left > TimeSpan.Zero; part++)
        {
            try
            {
                more = await RunAsync(part, rows, cancellationToken);
            }
            catch (CrashRunException e)
            {
                say(e.Message);
                return false;
            }
        }

        if (more && arguments.Rows is not null)
        {
            say("The time was over before all rows had struck.");
        }

        return true;
    }

    /// <summary>One part, from the current row on.</summary>
    /// <returns>Whether there are more rows.</returns>
    private async Task<bool> RunAsync(int part, IEnumerator<Row> rows, CancellationToken cancellationToken)
    {
        await using var run = new ClusterRun(Plan(part), table, say);
        await run.StartAsync(cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        _began ??= began;
        bool more;
        do
        {
            // A part that was started is used, however little time is left.
            await (rows.Current.First == ClusterPlan.None
                ? run.WorkAsync(Left < Round ? Longer(Left, TimeSpan.Zero) : Round, cancellationToken)
                : run.StrikeAsync(rows.Current, cancellationToken));
            more = rows.MoveNext();
        }
        while (more && Left > TimeSpan.Zero && TimeProvider.System.GetElapsedTime(began) < arguments.Part);

        say((await run.FinishAsync(cancellationToken)).ToString());
        _rounds = run.Rounds;
        return more;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private IEnumerable<Row> Rows() => arguments.Rows is { } asked
        ? RowPlan.Order(deck, arguments.Seed)
            .Take(asked == ChaosArguments.AllRows ? deck.Length * deck.Length : asked)
        : ClusterPlan.Order(deck, arguments.Seed).Select(static nemesis => new Row(nemesis));

    private ClusterRunOptions Plan(int part)
    {
        var options = new ClusterRunOptions(arguments.Seed)
        {
            Remote = arguments.Remote,
            Part = part,
            RoundsBefore = _rounds,
            Keep = arguments.Keep is { } directory
                ? Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"part-{part + 1}"))
                : null,
        };
        var minutes = Math.Min(arguments.Time.TotalMinutes, arguments.Part.TotalMinutes);
        var workload = options.Workload with { People = 120 + (int)(60 * minutes) };
        if (arguments.Remote is null)
        {
            return options with { Workload = workload };
        }

        // Earlier runs, and earlier parts of this one, have other accounts, other people and other budgets.
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
}
