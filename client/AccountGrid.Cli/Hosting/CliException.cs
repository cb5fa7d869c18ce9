namespace AccountGrid.Cli;

/// <summary>Ends a command with a message for the person and an exit code, without a stack trace.</summary>
internal sealed class CliException(ExitCode exitCode, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The exit code of the process.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>A mistake on the command line.</summary>
    public static CliException Usage(string message) => new(ExitCode.Usage, message);
}
