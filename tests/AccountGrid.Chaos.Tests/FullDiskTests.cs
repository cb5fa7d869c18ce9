using AccountGrid.Chaos.Nemeses;
using AccountGrid.Chaos.Running;
using AccountGrid.Chaos.Workloads;
using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Chaos.Tests;

/// <summary>
/// A disk that takes no more, for the whole process and without mounting anything: files may not grow (RLIMIT_FSIZE, its signal ignored), so every write beyond fails with
/// EFBIG. The store's own tests cover SQLITE_FULL itself.
/// </summary>
public sealed class FullDiskTests
{
    /// <summary>An ignored signal stays ignored in what is executed: the write fails instead of ending the process.</summary>
    private static readonly string[] IgnoringTheSignal = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_disk_that_takes_no_more_fails_commands_and_nothing_else_and_loses_nothing()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        Assert.SkipUnless(await Nemesis.TryLimitFileSizeAsync(Environment.ProcessId, null, cancellationToken), "prlimit (util-linux) is not there");
        var options = new CrashRunOptions(Seed: 11, Kills: 1) { Launcher = IgnoringTheSignal, StoreFails = true };
        await using var run = new CrashRun(options, line => TestContext.Current.TestOutputHelper?.WriteLine(line));
        await run.StartAsync(cancellationToken);
        await run.GuardAsync("the full disk", async () =>
        {
            var accounts = new AccountService.AccountServiceClient(run.Silo.Endpoint.Invoker);
            var shop = With(run.Silo.Token("shop", ["service"]), cancellationToken);
            await FillAsync(run, cancellationToken);

            // What still fits is acknowledged; the first that does not says so.
            var register = new RegisterAccountRequest { Id = 5_000_000 };
            Task<string?> RegisterNext()
            {
                register.Id++;
                register.RequestId = register.Handle = $"late_{register.Id}";
                return ReasonAsync(() => accounts.RegisterAccountAsync(register, shop));
            }

            Assert.Equal("STORAGE_UNAVAILABLE", await UntilAsync(RegisterNext, r => r is not null, cancellationToken));
            Assert.Equal(1, (await accounts.GetAccountAsync(new GetAccountRequest { Id = 1 }, shop)).Id);

            Assert.True(await Nemesis.TryLimitFileSizeAsync(run.Silo.ProcessId, null, cancellationToken));
            Assert.Null(await UntilAsync(() => ReasonAsync(() => accounts.RegisterAccountAsync(register, shop)), r => r is null, cancellationToken));
            Assert.Equal(register.Handle, (await accounts.GetAccountAsync(new GetAccountRequest { Id = register.Id }, shop)).Handle);
            await FillAsync(run, cancellationToken);
        });

        await run.StrikeAsync(new NemesisStep(Blow.AtAnyMoment, Answers: 50, Fraction: 0, Herd: false), cancellationToken);
        var summary = await run.FinishAsync(cancellationToken);
        Assert.Contains("STORAGE_UNAVAILABLE", summary.Errors, StringComparison.Ordinal);
    }

    private static async Task FillAsync(CrashRun run, CancellationToken cancellationToken)
    {
        await run.WorkAsync(answers: 100, cancellationToken);
        var end = WriteAheadLog.End(Path.Combine(run.Silo.DataDirectory, "accountgrid.db-wal"));
        Assert.True(await Nemesis.TryLimitFileSizeAsync(run.Silo.ProcessId, end, cancellationToken));
    }

    /// <summary>The stable reason of the refusal, or <c>null</c> where it was done.</summary>
    private static async Task<string?> ReasonAsync(Func<AsyncUnaryCall<RegisterAccountResponse>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (RpcException e)
        {
            return GridCalls.KindOf(e);
        }
    }

    private static async Task<string?> UntilAsync(Func<Task<string?>> ask, Func<string?, bool> isIt, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (isIt(answer) || TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private static CallOptions With(string token, CancellationToken cancellationToken) =>
        new(new Metadata { { "authorization", "Bearer " + token } }, cancellationToken: cancellationToken);
}
