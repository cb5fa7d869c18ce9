using System.CommandLine;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Host;

/// <summary>The command line. A setting given here overrides the environment and appsettings.json.</summary>
internal static class HostCommand
{
    private const int Failed = 1;
    private const int WrongSettings = 2;

    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>The exit code: 0 stopped in order, 1 failed, 2 a setting or an argument is wrong.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(
            "AccountGrid: the gateway of a cluster as a process of its own. "
            + "Settings also come from appsettings.json and ACCOUNTGRID__... variables.");
        (Option Option, string Key)[] options =
        [
            (Text("--postgres", "The cluster's database, in Npgsql's form; "
                + "ACCOUNTGRID__POSTGRES keeps it out of the process list"), nameof(HostSettings.Postgres)),
            (Text("--data", "The directory with the silos' development key. Default ./accountgrid-data"),
                nameof(HostSettings.Data)),
            (Text("--address", "The IP address to listen on; any but loopback needs real keys. Default 127.0.0.1"),
                "Gateway:Address"),
            (Port("--http-port", "HTTP/JSON. Default 5180; 0 = any free port"), nameof(HostSettings.HttpPort)),
            (Port("--grpc-port", "gRPC (h2c). Default 5181; 0 = any free port"), nameof(HostSettings.GrpcPort)),
        ];
        foreach (var (option, _) in options)
        {
            root.Options.Add(option);
        }

        int? hosted = null;
        root.SetAction(async (parsed, _) => hosted = await HostAsync(options
            .Where(o => parsed.GetResult(o.Option) is { Implicit: false })
            .ToDictionary(
                static o => $"{HostSettings.Section}:{o.Key}",
                o => parsed.GetResult(o.Option)!.Tokens is [var token, ..] ? token.Value : null)));
        var result = root.Parse(args);
        var invoked = await result.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return result.Errors.Count > 0 ? WrongSettings : hosted ?? invoked;
    }

    private static Option<string> Text(string name, string description) => new(name) { Description = description };

    private static Option<int> Port(string name, string description) => new(name) { Description = description };

    private static async Task<int> HostAsync(IReadOnlyDictionary<string, string?> arguments)
    {
        try
        {
            await using var host = GatewayHost.Build(arguments);
            await host.RunAsync(Console.Out);
            return 0;
        }
        catch (OptionsValidationException e)
        {
            return Say(
                WrongSettings, "A setting is wrong:\n" + string.Join('\n', e.Failures.Select(static f => "  " + f)));
        }
        catch (InvalidOperationException e)
            when (e.InnerException is FormatException or ArgumentException or OverflowException)
        {
            // A value that cannot be converted; the binder's message names it.
            return Say(WrongSettings, "A setting is wrong:\n  " + e.Message);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return Say(
                Failed, $"{e.Message} Choose other ports with --http-port and --grpc-port; 0 takes any free one.");
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException)
        {
            return Say(Failed, e.Message);
        }
#pragma warning disable CA1031 // Any failure is written to standard error, instead of aborting with a core dump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Say(Failed, e.ToString());
        }
    }

    private static int Say(int exitCode, string why)
    {
        Console.Error.WriteLine($"AccountGrid's gateway did not start. {why}");
        return exitCode;
    }
}
