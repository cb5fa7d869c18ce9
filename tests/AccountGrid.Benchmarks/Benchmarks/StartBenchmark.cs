using System.Diagnostics;
using AccountGrid.Benchmarks.Baselines;
using AccountGrid.Benchmarks.Harness;
using AccountGrid.Testing;
using AccountGrid.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace AccountGrid.Benchmarks;

/// <summary>From the start of the process to the first answer over gRPC.</summary>
internal sealed class StartBenchmark : IBenchmark
{
    public string Name => "start";

    public string Summary => "process start to first answer, empty and existing data directory (<= 3 s)";

    public async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        using var directory = WorkDirectory.Create(options);
        string keyFile;
        await using (var first = await SiloUnderTest.StartAsync(directory.Sub("existing"), null, cancellationToken))
        {
            await SiloUnderTest.Accounts(first)
                .RegisterAccountAsync(
                    new RegisterAccountRequest { Id = 1, Handle = "first" }, cancellationToken: cancellationToken);
            keyFile = SiloUnderTest.KeyFile(first);
            await first.StopAsync(cancellationToken: cancellationToken);
        }

        await File.WriteAllBytesAsync(Path.Combine(directory.Sub("baseline"), BaselineCommand.AnswerFile),
            new Account { Id = 1, Handle = "first" }.ToByteArray(), cancellationToken);
        var series = await Rounds.RunAsync(
            options.Rounds,
            warmUps: 1,
            [
                new Contender("bare host", _ => BareAsync(keyFile, directory.Sub("baseline"), cancellationToken)),
                new Contender("silo, empty directory",
                    round => EmptyAsync(directory.File($"empty{round}"), cancellationToken)),
                new Contender("silo, existing directory",
                    _ => ExistingAsync(directory.Sub("existing"), cancellationToken)),
            ],
            cancellationToken);
        return new Report(
            "process start to first answer over gRPC, ours against a bare host with the same auth",
            [
                Row.Compare("empty data directory: keys, databases, first account", series[0], series[1], Units.Time,
                    Goal.OursAtMost(3, "3 s")),
                Row.Compare("existing data directory, after kill -9", series[0], series[2], Units.Time,
                    Goal.OursAtMost(3, "3 s")),
            ],
            SyncCost.Measure(directory.FullPath),
            ["the first answer is that of a registered account, and /health/ready said 200 before it"],
            ["baseline: Kestrel + Grpc.AspNetCore + JwtBearer answering a constant, as a process of its own"]);
    }

    private static async Task<Sample> BareAsync(string keyFile, string directory, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await using var baseline =
            await BaselineProcess.StartAsync(
                BaselineKind.Constant, keyFile, directory, 0, null, null, cancellationToken);
        using var channel = GrpcChannel.ForAddress(baseline.Grpc);
        var token = TestTokens.Mint(Path.GetDirectoryName(keyFile)!, SiloUnderTest.Service, ["service"]);
        var answer = await new AccountService.AccountServiceClient(channel).GetAccountAsync(
            new GetAccountRequest { Id = 1 }, new Metadata { { "authorization", $"Bearer {token}" } },
            cancellationToken: cancellationToken);
        return Took(start, answer);
    }

    private static async Task<Sample> EmptyAsync(string directory, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await using var silo = await SiloUnderTest.StartAsync(directory, null, cancellationToken);
        var answer = await SiloUnderTest.Accounts(silo)
            .RegisterAccountAsync(
                new RegisterAccountRequest { Id = 1, Handle = "first" }, cancellationToken: cancellationToken);
        var sample = Took(start, answer.Account);
        await silo.KillAsync();
        Directory.Delete(directory, recursive: true);
        return sample;
    }

    private static async Task<Sample> ExistingAsync(string directory, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        await using var silo = await SiloUnderTest.StartAsync(directory, null, cancellationToken);
        return Took(start,
            await SiloUnderTest.Accounts(silo)
                .GetAccountAsync(new GetAccountRequest { Id = 1 }, cancellationToken: cancellationToken));
    }

    private static Sample Took(long start, Account first)
    {
        var took = Stopwatch.GetElapsedTime(start);
        VerificationException.ThrowUnlessEqual((1L, "first"), (first.Id, first.Handle), "The first answer");
        return new Sample(took.TotalSeconds);
    }
}
