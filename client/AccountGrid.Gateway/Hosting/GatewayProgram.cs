using AccountGrid.Gateway.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Logging.Console;

namespace AccountGrid.Gateway;

/// <summary>
/// The sources of settings and the log of a program that hosts a gateway.
/// </summary>
public static class GatewayProgram
{
    /// <summary>A builder with every source of settings, a log on standard error, and nothing else yet.</summary>
    /// <param name="arguments">Settings from the command line, by full name; they override every other source.</param>
    /// <param name="defaults">
    /// Settings that every other source overrides, such as the log levels.
    /// </param>
    public static WebApplicationBuilder NewBuilder(
        IReadOnlyDictionary<string, string?> arguments, IReadOnlyDictionary<string, string?> defaults)
    {
        // appsettings.json is beside the program, not in the current directory.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
        builder.Configuration.AddInMemoryCollection(arguments);

        // The ports are the program's own settings. Container images set ASPNETCORE_HTTP_PORTS, and Kestrel would warn
        // that it does not use them.
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "").UseSetting(WebHostDefaults.HttpsPortsKey, "");
        builder.Logging.ClearProviders().AddConsole().AddConsoleFormatter<LogLineFormatter, ConsoleFormatterOptions>();
        builder.Logging.Configure(
            static o => o.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);

        // Lines for people by default; "json" writes objects for programs, with the trace among their scopes.
        var formatter = builder.Configuration["Logging:Console:FormatterName"];
        builder.Services.Configure<ConsoleLoggerOptions>(o =>
        {
            o.LogToStandardErrorThreshold = LogLevel.Trace;
            o.FormatterName = string.IsNullOrEmpty(formatter) ? LogLineFormatter.FormatterName : formatter;
        });
        builder.Services.Configure<JsonConsoleFormatterOptions>(
            static o => (o.IncludeScopes, o.UseUtcTimestamp, o.TimestampFormat) = (true, true, "O"));
        return builder;
    }
}
