using System.ComponentModel;
using System.Diagnostics;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests.Stranger;

/// <summary>Runs verify.py, which was written from docs/verify-it-yourself.md alone.</summary>
internal static class StrangersVerifier
{
    private const string Python = "python3";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly Lazy<string?> Reason = new(FindMissing);

    /// <summary>Why it cannot run here, or <c>null</c>: the reason to skip with.</summary>
    public static string? Missing => Reason.Value;

    /// <summary>Verifies what lies in a directory, with the keys that lie there.</summary>
    /// <param name="directory">The database or the export, the checkpoint log and the public keys.</param>
    /// <param name="export">The name of an export; <c>null</c> = the SQLite database is verified.</param>
    /// <returns>Whether all was intact, and what was printed.</returns>
    public static async Task<(bool Intact, string Printed)> RunAsync(TempDirectory directory, string? export = null)
    {
        var script = RepositoryFiles.PathOf(Path.Combine("tests", "AccountGrid.Silo.Tests", "Stranger", "verify.py"));
        string[] source = export is null
            ? ["--database", directory.File("accountgrid.db")]
            : ["--export", directory.File(export)];
        var keys = Directory.GetFiles(directory.FullPath, "*.pub.pem").SelectMany(static k => new[] { "--key", k });
        var start = new ProcessStartInfo(
            Python, ["-B", script, .. source, "--checkpoints", directory.File("checkpoints.jsonl"), .. keys]);
        start.Environment["PYTHONUTF8"] = "1";
        await using var process = new RunningProcess(start);
        var exitCode = await process.WaitForExitAsync(Patience, TestContext.Current.CancellationToken);
        var printed = string.Join('\n', process.Output);
        Assert.True(exitCode is 0 or 1 && !printed.Contains("Traceback", StringComparison.Ordinal), printed);
        return (exitCode == 0, printed);
    }

    private static string? FindMissing()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import sqlite3"])
            {
                RedirectStandardError = true,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "Needs python3 with its module sqlite3.";
        }
        catch (Win32Exception)
        {
            return "Needs python3 in PATH.";
        }
    }
}
