using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using AccountGrid.Application;
using AccountGrid.Storage.Postgres;
using AccountGrid.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace AccountGrid.Silo;

/// <summary>The command line: what may be said there, and what the exit code says back.</summary>
public static class SiloCommand
{
    /// <summary>Stopped in order.</summary>
    public const int Stopped = 0;

    /// <summary>Failed for a reason that is not below; standard error says which.</summary>
    public const int Failed = 1;

    /// <summary>A setting or an argument is wrong; standard error names it.</summary>
    public const int WrongSettings = 2;

    /// <summary>The data directory is refused: in use, of a newer version, or somebody else's.</summary>
    public const int DataRefused = 3;

    /// <summary>Runs the silo until it is told to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="adjust">As in <see cref="SiloHost.Build"/>.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var root = new RootCommand("AccountGrid: one silo with its gateway, on one machine. Settings also come from appsettings.json and ACCOUNTGRID__... variables; see silo/README.md.");
        var options = new (Option Option, string Key)[]
        {
            (new Option<string>("--data") { Description = "The data directory; made if absent. Default ./accountgrid-data" }, "Data"),
            (new Option<string>("--postgres") { Description = "The database of a cluster, in Npgsql's form; ACCOUNTGRID__POSTGRES keeps it out of the process list. Default: one silo on SQLite" }, "Postgres"),
            (Port("--http-port", "HTTP/JSON on 127.0.0.1. Default 5180; 0 = any free port"), "HttpPort"),
            (Port("--grpc-port", "gRPC (h2c) on 127.0.0.1. Default 5181; 0 = any free port"), "GrpcPort"),
            (Port("--silo-port", "Silo to silo. Default 0 = any free port"), "SiloPort"),
            (Port("--gateway-port", "Orleans clients of other processes. Default: not listened on; 0 = any free port"), "GatewayPort"),
            (new Option<string>("--checkpoints") { Description = "The checkpoint log outside the database. Default checkpoints.jsonl in the data directory" }, "Checkpoints:File"),
        };
        foreach (var (option, _) in options)
        {
            root.Options.Add(option);
        }

        int? hosted = null;
        root.SetAction(async (parsed, _) =>
        {
            var given = options.Where(o => parsed.GetResult(o.Option) is { Implicit: false }).ToDictionary(
                o => $"{SiloSettings.Section}:{o.Key}",
                o => parsed.GetResult(o.Option)!.Tokens is [var token, ..] ? token.Value : null);
            hosted = await HostAsync(given, adjust);
        });
        var result = root.Parse(args);
        var invoked = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return result.Errors.Count > 0 ? WrongSettings : hosted ?? invoked;
    }

    private static Option<int> Port(string name, string description)
    {
        var option = new Option<int>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var port) && port is < 0 or > 65535)
            {
                result.AddError($"{name} must be from 0 to 65535; it is {port}.");
            }
        });
        return option;
    }

    private static async Task<int> HostAsync(IReadOnlyDictionary<string, string?> arguments, Action<IServiceCollection>? adjust)
    {
        try
        {
            await using var host = SiloHost.Build(arguments, adjust);
            await host.RunAsync(Console.Out);
            return Stopped;
        }
        catch (SettingsException e)
        {
            return Say(WrongSettings, "A setting is wrong:\n" + string.Join('\n', e.Findings.Select(static f => "  " + f)));
        }
        catch (OptionsValidationException e)
        {
            return Say(WrongSettings, "A setting is wrong:\n" + string.Join('\n', e.Failures.Select(static f => "  " + f)));
        }
        catch (Exception e) when (e is SqliteStorageRefusedException or PostgresStorageRefusedException)
        {
            return Say(DataRefused, e.Message);
        }
        catch (InvalidDataException e)
        {
            return Say(DataRefused, e.Message);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException || e.InnerException is SocketException)
        {
            return Say(Failed, $"{e.Message} Choose other ports with --http-port and --grpc-port; 0 takes any free one.");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or StorageUnavailableException)
        {
            return Say(Failed, $"{e.Message} {e.InnerException?.Message}");
        }
#pragma warning disable CA1031 // Whatever it is: said on standard error with all its details, instead of aborting with a core dump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Say(Failed, e.ToString());
        }
    }

    private static int Say(int exitCode, string why)
    {
        Console.Error.WriteLine($"AccountGrid did not start. {why}");
        return exitCode;
    }
}
