namespace AccountGrid.Silo;

/// <summary>
/// What is logged by default: warnings and above, without those that need no action. This is the lowest source of
/// configuration, so that <c>Logging__LogLevel__...</c> in the environment or appsettings.json wins.
/// </summary>
internal static class QuietLogs
{
    public static IReadOnlyDictionary<string, string?> Defaults { get; } = new Dictionary<string, string?>
    {
        ["Logging:LogLevel:Default"] = "Warning",

        // One error with a stack for each unknown account that is refused: the caller is told, the log must not fill.
        ["Logging:LogLevel:Orleans.Messaging"] = "None",

        // A warning with a stack for each handshake that failed: event 3301 says who was refused and why.
        ["Logging:LogLevel:Orleans.Connections.Security"] = "None",

        // Two lines for each placement.
        ["Logging:LogLevel:Polly"] = "Error",

        // Advice about the garbage collector, a false alarm of the watchdog at every start, and stages of a stop that
        // took over a second.
        ["Logging:LogLevel:Orleans.Runtime.Silo"] = "Error",
        ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
        ["Logging:LogLevel:Orleans.Runtime.SiloLifecycleSubject"] = "Error",

        // A failed start, with its stack: the program says the same in a sentence, and ends.
        ["Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host"] = "Critical",

        // A warning with a stack for each request that took too long: it was answered, and counted.
        ["Logging:LogLevel:Microsoft.AspNetCore.Http.Timeouts"] = "Error",
    };
}
