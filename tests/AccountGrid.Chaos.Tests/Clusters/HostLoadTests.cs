using System.Diagnostics;
using AccountGrid.Chaos.Clusters;

namespace AccountGrid.Chaos.Tests.Clusters;

/// <summary>The load is there while a run lasts, and no longer.</summary>
public sealed class HostLoadTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task It_takes_processor_time_until_it_is_disposed_of()
    {
        var load = HostLoad.Start(1.5);
        await using (load)
        {
            using var process = Process.GetProcessById(load.ProcessId);

            await UntilItBurnsAsync(process);
            Assert.True(load.Taken > 0);
        }

        Assert.Null(load.Taken);
        Assert.False(Directory.Exists($"/proc/{load.ProcessId}"));
    }

    [Fact]
    public async Task It_ends_by_itself_when_the_program_that_started_it_is_gone()
    {
        // The end of its input is what the death of that program, by SIGKILL too, leaves it.
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", ["exec", typeof(HostLoad).Assembly.Location, "--burn", "1"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!;
        try
        {
            await UntilItBurnsAsync(process);
            process.StandardInput.Close();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(
                Patience, TestContext.Current.CancellationToken);
            Assert.Equal(ChaosCommand.Held, process.ExitCode);
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task UntilItBurnsAsync(Process process)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);

        // A runtime that only starts and waits uses far less.
        while (process.TotalProcessorTime < TimeSpan.FromSeconds(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            process.Refresh();
        }
    }
}
