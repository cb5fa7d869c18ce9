namespace AccountGrid.Cli;

/// <summary>
/// Everything that a command touches of the process it runs in, so that tests can run commands in theirs.
/// </summary>
internal sealed record CliHost
{
    /// <summary>The writer of answers.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>The writer of errors, warnings and progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input; only <c>ingest -</c> does.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Whether <see cref="Out"/> is a terminal.</summary>
    public required bool OutIsTerminal { get; init; }

    /// <summary>Whether <see cref="Error"/> is a terminal.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>
    /// Whether Ctrl-C and SIGTERM cancel the running command. Commands get <see cref="StopWithin"/> to end after that.
    /// </summary>
    public required bool HandlesSignals { get; init; }

    /// <summary>How long a cancelled command may take to end: <c>replay</c> stops its silo in that time.</summary>
    public static TimeSpan StopWithin { get; } = TimeSpan.FromSeconds(30);

    /// <summary>This process.</summary>
    public static CliHost Process() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        Environment = System.Environment.GetEnvironmentVariable,
        Clock = TimeProvider.System,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        HandlesSignals = true,
    };

    /// <summary>Whether colour is welcome on a terminal: see no-color.org.</summary>
    public bool AllowsColor => string.IsNullOrEmpty(Environment("NO_COLOR")) && Environment("TERM") != "dumb";
}
