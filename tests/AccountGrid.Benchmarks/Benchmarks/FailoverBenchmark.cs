using System.Diagnostics;
using System.Globalization;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Testing;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Benchmarks;

/// <summary>kill -9 of one of three silos, until its accounts are served again by the others.</summary>
internal sealed class FailoverBenchmark : IBenchmark
{
    private const int Silos = 3;
    private const int Accounts = 48;
    private const int LeastKills = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Name => "failover";

    public string Summary => "kill -9 of one of three silos, its accounts served again (<= 2 s)";

    public string? Missing => PostgresServer.Missing;

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        await using var arena = new PostgresArena(options, delay: null);
        var kills = Math.Max(LeastKills, options.Rounds);
        var (rows, verified, notes) = (new List<Row>(), new List<string>(), new List<string>());
        foreach (var missed in (int[])[2, 3])
        {
            var outcome = await KillAsync(arena, missed, kills, cancellationToken);
            rows.AddRange(
            [
                new Row($"{missed} missed probes: the last account read again, median of {kills} kills", null,
                    Statistics.Median(outcome.Reads), null, Units.Time, Goal.OursAtMost(2, "2 s")),
                new Row("  longest", null, outcome.Reads.Max(), null, Units.Time, Goal.None),
                new Row("  the last account commanded again, median", null, Statistics.Median(outcome.Commands), null,
                    Units.Time, Goal.OursAtMost(2, "2 s")),
                new Row("  longest", null, outcome.Commands.Max(), null, Units.Time, Goal.None),
            ]);
            verified.Add(outcome.Verified);
            notes.Add(
                $"{missed} missed probes: the silos killed had {outcome.Moved.Min()} to {outcome.Moved.Max()} of the accounts; errors that callers saw and tried again after: {outcome.Errors}");
        }

        return new Report(
            $"from kill -9 of one of {Silos} silos until each of {Accounts} accounts was served again through the others, {arena.Description}",
            [.. rows],
            arena.MeasureSync(),
            [.. verified],
            [
                .. notes,
                "what counts is the first read and the first command (with a request id) of each account that were begun after the kill",
                "a probe a second; 3 missed ones are the silo's default, which forgives a pause of a second longer",
            ]);
    }

    private static async Task<Outcome> KillAsync(
        PostgresArena arena, int missedProbes, int kills, CancellationToken cancellationToken)
    {
        var environment =
            new Dictionary<string, string>
            {
                ["ACCOUNTGRID__CLUSTER__MISSEDPROBES"] = missedProbes.ToString(CultureInfo.InvariantCulture),
            };
        await using var cluster =
            await ClusterUnderTest.StartAsync(
                arena, $"cluster{missedProbes}", Silos, Accounts, withGateway: false, environment, cancellationToken);
        var (reads, commands, moved, callers) =
            (new List<double>(), new List<double>(), new List<int>(), new List<Caller>());
        for (long id = 1; id <= Accounts; id++)
        {
            callers.Add(new Caller(cluster, id));
        }

        for (var kill = 0; kill < kills; kill++)
        {
            // Every account once, so that each is somewhere; then the silo that has most of them.
            await Task.WhenAll(
                callers.Select(c => c.OnceAsync([.. cluster.Silos.Select(static s => s.Grpc)], cancellationToken)));
            var actives = await Task.WhenAll(
                cluster.Silos.Select(s => ClusterUnderTest.ActivationsOfAsync(s, cancellationToken)));
            var active = actives.Max();
            VerificationException.ThrowUnlessEqual(
                true, active > 0, $"{active} accounts are active in the silo that is killed");
            var victim = cluster.Silos[Array.IndexOf(actives, active)];
            var survivors = cluster.Silos.Where(s => s != victim).Select(s => s.Grpc).ToArray();

            var killed = new KillTime();
            var served = callers.Select(c => c.UntilServedAsync(survivors, killed, Patience, cancellationToken))
                .ToArray();
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
            killed.At = Stopwatch.GetTimestamp();
            await victim.KillAsync();
            var times = await Task.WhenAll(served);
            moved.Add(active);
            reads.Add(times.Max(t => t.Read));
            commands.Add(times.Max(t => t.Command));
            Progress.Report(string.Create(
                CultureInfo.InvariantCulture,
                $"{missedProbes} missed probes, kill {kill + 1} of {kills}: {active} accounts were there; all read again after {reads[^1]:0.00} s, all commanded after {commands[^1]:0.00} s"));
            await victim.RestartAsync(cancellationToken);
        }

        return new Outcome(
            reads, commands, moved, callers.Sum(c => c.Errors), await VerifyAsync(cluster, callers, cancellationToken));
    }

    /// <summary>What the kills of one cluster came to; times in seconds.</summary>
    private sealed record Outcome(
        List<double> Reads, List<double> Commands, List<int> Moved, long Errors, string Verified);

    private static async Task<string> VerifyAsync(
        ClusterUnderTest cluster, IReadOnlyList<Caller> callers, CancellationToken cancellationToken)
    {
        foreach (var account in await SiloUnderTest.ReadAllAsync(
            cluster.Silos[0], callers.Select(c => c.Id), cancellationToken))
        {
            VerificationException.ThrowUnlessEqual(
                1 + callers[(int)account.Id - 1].Acknowledged, account.Version, $"The version of account {account.Id}");
        }

        var acknowledged = callers.Sum(c => c.Acknowledged);
        return $"every account has exactly the transitions that were acknowledged, none twice: {acknowledged:#,0}; {await SiloUnderTest.VerifyAuditAsync(cluster.Silos[0], acknowledged, cancellationToken)}";
    }

    private sealed class KillTime
    {
        private long _at;

        public long At
        {
            get => Volatile.Read(ref _at);
            set => Volatile.Write(ref _at, value);
        }
    }

    /// <summary>
    /// Reads an account and takes it down and up again, each through the survivors in turn, as a client with a retry
    /// policy would.
    /// </summary>
    private sealed class Caller(ClusterUnderTest cluster, long id)
    {
        private long _serial;
        private long _errors;

        public long Id => id;

        public long Acknowledged { get; private set; }

        public long Errors => Volatile.Read(ref _errors);

        /// <summary>Makes sure that the account is active somewhere and the connections stand.</summary>
        public async Task OnceAsync(Uri[] servers, CancellationToken cancellationToken)
        {
            foreach (var server in servers)
            {
                await RetryAsync([server], ReadAsync, cancellationToken);
            }

            await RetryAsync(servers, CommandAsync, cancellationToken);
        }

        /// <summary>Goes on until a read and a command that were begun after the kill were answered.</summary>
        /// <returns>How long after the kill each was.</returns>
        public async Task<(double Read, double Command)> UntilServedAsync(
            Uri[] servers, KillTime killed, TimeSpan patience, CancellationToken cancellationToken)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(patience);
            var read = UntilServedAsync(servers, ReadAsync, killed, limit.Token);
            var command = UntilServedAsync(servers, CommandAsync, killed, limit.Token);
            return (await read, await command);
        }

        private async Task<double> UntilServedAsync(
            Uri[] servers, Func<Uri, CancellationToken, Task> call, KillTime killed,
            CancellationToken cancellationToken)
        {
            while (true)
            {
                var begun = Stopwatch.GetTimestamp();
                await RetryAsync(servers, call, cancellationToken);
                if (killed.At is not 0 and var at && begun >= at)
                {
                    return Stopwatch.GetElapsedTime(at).TotalSeconds;
                }

                await Task.Delay(Pause, cancellationToken);
            }
        }

        private async Task RetryAsync(
            Uri[] servers, Func<Uri, CancellationToken, Task> call, CancellationToken cancellationToken)
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    await call(servers[(attempt + id) % servers.Length], cancellationToken);
                    return;
                }
                catch (RpcException e)
                    when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
                        or StatusCode.ResourceExhausted && !cancellationToken.IsCancellationRequested)
                {
                    Interlocked.Increment(ref _errors);
                    await Task.Delay(Pause, cancellationToken);
                }
            }
        }

        private async Task ReadAsync(Uri server, CancellationToken cancellationToken)
        {
            var client = cluster.AccountsAt(server, out var call);
            await client.GetAccountAsync(
                new GetAccountRequest { Id = id }, call.WithCancellationToken(cancellationToken));
        }

        // The same request id until it is answered: it acts once however often it is sent.
        private async Task CommandAsync(Uri server, CancellationToken cancellationToken)
        {
            var client = cluster.AccountsAt(server, out var call);
            var request = string.Create(CultureInfo.InvariantCulture, $"failover-{id}-{_serial}");
            call = call.WithCancellationToken(cancellationToken);
            if (_serial % 2 == 0)
            {
                await client.DeactivateAccountAsync(
                    new DeactivateAccountRequest
                    {
                        Id = id,
                        Reason = "OWNER_REQUEST",
                        Owner = true,
                        RequestId = request,
                    }, call);
            }
            else
            {
                await client.RestoreAccountAsync(
                    new RestoreAccountRequest { Id = id, Reason = "OWNER_REQUEST", Owner = true, RequestId = request },
                    call);
            }

            _serial++;
            Acknowledged++;
        }
    }
}
