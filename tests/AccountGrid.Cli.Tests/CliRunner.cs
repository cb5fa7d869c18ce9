using System.Text;
using System.Text.Json.Nodes;

namespace AccountGrid.Cli.Tests;

/// <summary>What a command answered.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>The lines of the answer.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The answer as one JSON object.</summary>
    public JsonNode Json => JsonNode.Parse(Assert.Single(Lines))!;

    /// <summary>Fails with everything that was printed unless the exit code is this one.</summary>
    public CliResult Expect(ExitCode expected)
    {
        Assert.True(ExitCode == (int)expected,
            $"exit code {ExitCode}, expected {(int)expected}\n--- out\n{Out}\n--- error\n{Error}");
        return this;
    }
}

/// <summary>Runs whole command lines in this process, over memory instead of a terminal.</summary>
internal sealed record CliRunner
{
    public Dictionary<string, string> Environment { get; init; } = [];

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public bool IsTerminal { get; init; }

    public async Task<CliResult> RunAsync(params string[] args) => await RunAsync(args, "");

    public async Task<CliResult> RunAsync(string[] args, string input, CancellationToken cancellationToken = default)
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var exitCode = await CliApplication.RunAsync(args, Host(output, error, input), cancellationToken);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }

    public CliHost Host(TextWriter output, TextWriter error, string input = "") => new()
    {
        Out = output,
        Error = error,
        OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
        Environment = name => Environment.GetValueOrDefault(name),
        Clock = Clock,
        OutIsTerminal = IsTerminal,
        ErrorIsTerminal = IsTerminal,
        HandlesSignals = false,
    };
}
