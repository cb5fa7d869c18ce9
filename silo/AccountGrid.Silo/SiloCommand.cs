using System.CommandLine;
using System.Globalization;
using System.Net.Sockets;
using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace AccountGrid.Silo;

/// <summary>The command line: its options, and what its exit codes mean.</summary>
public static class SiloCommand
{
    /// <summary>Stopped in order.</summary>
    public const int Stopped = 0;

    /// <summary>Failed for a reason that is not below; standard error says which.</summary>
    public const int Failed = 1;

    /// <summary>A setting or an argument is wrong; standard error names it.</summary>
    public const int WrongSettings = 2;

    /// <summary>The data directory is refused: in use, of a newer version, or owned by another user.</summary>
    public const int DataRefused = 3;

    /// <summary>The silo was not well and could not be helped; start it again. The log says why.</summary>
    public const int Unwell = 4;

    /// <summary>Runs the silo until it is told to stop.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="adjust">As in <see cref="SiloHost.Build"/>.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? adjust = null)
    {
        var root = new RootCommand(
            "AccountGrid: one silo with its gateway, on one machine. Settings also come from appsettings.json and"
            + " ACCOUNTGRID__... variables; see silo/README.md.");
        var options = Options();
        foreach (var (option, key) in options)
        {
            // Where things are kept concerns the subcommands too.
            option.Recursive = key is "Data" or "Postgres" or "Checkpoints:File";
            root.Options.Add(option);
        }

        int? exitCode = null;
        root.SetAction(async (parsed, _) => exitCode = await GuardAsync("AccountGrid did not start.", async () =>
        {
            await using var host = SiloHost.Build(Given(parsed), adjust);
            await host.RunAsync(Console.Out);
            return Stopped;
        }));
        var output = File("--output", "The file, which must not be there yet; - = standard output");
        var input = File("--input", "The file; - = standard input");
        root.Subcommands.Add(Verb(
            "migrate", "Migrates the database of --postgres, as its owner; for a service whose role may not.",
            "Nothing was migrated.", [],
            static (configuration, _, stop) => MigrationRun.RunAsync(configuration, Console.Out, stop)));
        root.Subcommands.Add(Verb(
            "export",
            "Writes everything that the store holds to a file, as JSON lines. A silo on SQLite must be stopped first.",
            "Nothing was exported.", [output],
            (configuration, parsed, stop) => StoreTransfer.ExportAsync(configuration, parsed.GetValue(output)!, stop)));
        root.Subcommands.Add(Verb(
            "import", "Fills an empty store from an export and verifies it. No silo may use it meanwhile.",
            "The import failed.", [input],
            (configuration, parsed, stop) => StoreTransfer.ImportAsync(configuration, parsed.GetValue(input)!, stop)));
        var result = root.Parse(args);
        var invoked = await result.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return result.Errors.Count > 0 ? WrongSettings : exitCode ?? invoked;

        Dictionary<string, string?> Given(ParseResult parsed) =>
            options.Where(o => parsed.GetResult(o.Option) is { Implicit: false }).ToDictionary(
                o => $"{SiloSettings.Section}:{o.Key}",
                o => parsed.GetResult(o.Option)!.Tokens is [var token, ..] ? token.Value : null);

        Command Verb(string name, string description, string failed, Option[] own,
            Func<IConfiguration, ParseResult, CancellationToken, Task<int>> run)
        {
            var command = new Command(name, description);
            foreach (var option in own)
            {
                command.Options.Add(option);
            }

            command.SetAction(
                async (parsed, stop) =>
                    exitCode = await GuardAsync(
                        failed, () => run(SiloHost.NewBuilder(Given(parsed)).Configuration, parsed, stop)));
            return command;
        }
    }

    /// <summary>The options, each with the setting that it gives.</summary>
    private static (Option Option, string Key)[] Options() =>
    [
        (Text("--data", "The data directory; made if absent. Default ./accountgrid-data"), "Data"),
        (Text(
            "--postgres",
            "The database of a cluster, in Npgsql's form; ACCOUNTGRID__POSTGRES keeps it out of the process list."
            + " Default: one silo on SQLite"), "Postgres"),
        (Text(
            "--address",
            "The IP address on which requests are taken; any but loopback needs real keys. Default 127.0.0.1"),
            "Gateway:Address"),
        (Port("--http-port", "HTTP/JSON. Default 5180; 0 = any free port"), "HttpPort"),
        (Port("--grpc-port", "gRPC (h2c). Default 5181; 0 = any free port"), "GrpcPort"),
        (Port("--silo-port", "Silo to silo. Default 0 = any free port"), "SiloPort"),
        (Port("--gateway-port", "Orleans clients of other processes. Default: not listened on; 0 = any free port"),
            "GatewayPort"),
        (Text(
            "--checkpoints",
            "The checkpoint log outside the database. Default checkpoints.jsonl in the data directory"),
            "Checkpoints:File"),
    ];

    private static Option<string> Text(string name, string description) => new(name) { Description = description };

    private static Option<string> File(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "FILE",
            DefaultValueFactory = static _ => StoreTransfer.Standard,
        };

    private static Option<int> Port(string name, string description)
    {
        var option = new Option<int>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var port))
            {
                var check = new SettingCheck();
                check.In(port, 0, 65535, name);
                check.Broken.ToList().ForEach(result.AddError);
            }
        });
        return option;
    }

    /// <summary>Turns a failure into a sentence on standard error and an exit code.</summary>
    private static async Task<int> GuardAsync(string failed, Func<Task<int>> run)
    {
        int Say(int exitCode, string why)
        {
            Console.Error.WriteLine($"{failed} {why}");
            return exitCode;
        }

        try
        {
            return await run();
        }
        catch (SettingsException e)
        {
            return Say(WrongSettings,
                "A setting is wrong:\n" + string.Join('\n', e.Findings.Select(static f => "  " + f)));
        }
        catch (OptionsValidationException e)
        {
            return Say(WrongSettings,
                "A setting is wrong:\n" + string.Join('\n', e.Failures.Select(static f => "  " + f)));
        }
        catch (Exception e) when (e is StorageRefusedException or StoreNotEmptyException or ExportDamagedException
            or TransferRefusedException)
        {
            return Say(DataRefused, e.Message);
        }
        catch (Exception e) when (e is JournalDamagedException or UnknownFormatException)
        {
            // Of the policy record, which is read before anything is served.
            return Say(DataRefused, e.Message);
        }
        catch (InvalidDataException e)
        {
            return Say(DataRefused, e.Message);
        }
        catch (PortInUseException e)
        {
            return Say(Failed, e.Message);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException
            || e.InnerException is SocketException)
        {
            return Say(Failed,
                $"{e.Message} Choose other ports with --http-port and --grpc-port; 0 takes any free one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageUnavailableException
            or NpgsqlException)
        {
            return Say(Failed, $"{e.Message} {e.InnerException?.Message}".TrimEnd());
        }
#pragma warning disable CA1031 // Any failure is written to standard error with its details, instead of aborting with a core dump.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Say(Failed, e.ToString());
        }
    }
}
