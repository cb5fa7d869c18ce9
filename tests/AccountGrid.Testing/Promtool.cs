using System.Diagnostics;

namespace AccountGrid.Testing;

/// <summary>
/// Prometheus' own checker of configurations, rules and metrics. ACCOUNTGRID_NO_PROMETHEUS in the environment hides it,
/// as on a machine without it.
/// </summary>
public static class Promtool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Lazy<string?> Found =
        new(static () => PrometheusServer.IsHidden ? null : ProgramInPath.Find("promtool"));

    /// <summary>Why it cannot be run here, or <c>null</c> where it can: the reason to skip a test with.</summary>
    public static string? Missing =>
        Found.Value is not null ? null : "Needs promtool (Debian's package prometheus) in PATH.";

    /// <summary>Checks a configuration and the rules and files that it names.</summary>
    public static Task<PromtoolResult> CheckConfigAsync(string path, CancellationToken cancellationToken = default) =>
        RunAsync(["check", "config", path], null, cancellationToken);

    /// <summary>Checks rule files.</summary>
    public static Task<PromtoolResult> CheckRulesAsync(
        IEnumerable<string> paths, CancellationToken cancellationToken = default) =>
        RunAsync(["check", "rules", .. paths], null, cancellationToken);

    /// <summary>Runs unit tests of rules.</summary>
    public static Task<PromtoolResult> TestRulesAsync(
        IEnumerable<string> paths, CancellationToken cancellationToken = default) =>
        RunAsync(["test", "rules", .. paths], null, cancellationToken);

    /// <summary>Checks what an address such as <c>/metrics</c> answers, in the text format.</summary>
    public static async Task<PromtoolResult> CheckMetricsAsync(
        string exposition, CancellationToken cancellationToken = default)
    {
        using var directory = new TempDirectory();
        var file = directory.File("metrics");
        await File.WriteAllTextAsync(file, exposition, cancellationToken);
        return await RunAsync(["check", "metrics"], file, cancellationToken);
    }

    private static async Task<PromtoolResult> RunAsync(
        string[] arguments, string? input, CancellationToken cancellationToken)
    {
        var program = Found.Value ?? throw new InvalidOperationException(Missing);
        var start = input is null
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo(
                "sh", ["-c", "input=$1; shift; exec \"$@\" < \"$input\"", "sh", input, program, .. arguments]);
        await using var process = new RunningProcess(start);
        var exitCode = await process.WaitForExitAsync(Patience, cancellationToken);
        return new PromtoolResult(exitCode, string.Join('\n', process.Output));
    }
}

/// <summary>What promtool said.</summary>
/// <param name="ExitCode">0 = nothing is wrong.</param>
/// <param name="Output">Both outputs.</param>
public sealed record PromtoolResult(int ExitCode, string Output);
