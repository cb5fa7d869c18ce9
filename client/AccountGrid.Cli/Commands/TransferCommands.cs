using System.CommandLine;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// <c>export</c> and <c>import</c>: move everything from one store into another, such as from one silo's data directory
/// into a cluster. The silo's program does it, because only that knows stores; it writes to this process's own output,
/// and what it answers is the exit code.
/// </summary>
internal static class TransferCommands
{
    private const string Standard = "-";

    public static Command Export(CommandFactory factory) => Create(
        factory,
        "export",
        "Writes everything that a store holds to a file, one JSON object a line: journals, followers, checkpoints. "
            + "Stop a silo on SQLite first.",
        "--output",
        "The file, which must not be there yet; - = standard output");

    public static Command Import(CommandFactory factory) => Create(
        factory,
        "import",
        "Fills an empty store from an export, all or nothing, and has the audit verify it. "
            + "--data names a directory with the old one's keys and checkpoint log. Exit code 1: not intact.",
        "--input",
        "The file; - = standard input");

    private static Command Create(
        CommandFactory factory, string name, string description, string fileOption, string fileDescription)
    {
        var file = new Option<string>(fileOption)
        {
            Description = fileDescription,
            HelpName = "FILE",
            DefaultValueFactory = _ => Standard,
        };
        var postgres = CommonOptions.Text(
            "--postgres",
            "The database of a cluster; others on the machine can see a command line, so rather set "
                + "[env: ACCOUNTGRID__POSTGRES] [default: SQLite in --data]",
            "CONNECTION");
        return factory.New(
            name,
            description,
            async (run, cancellationToken) =>
            {
                var start = SiloProgram.Find(run.Host).Prepare(
                    name, "--data", run.DataDirectory, file.Name, run.Get(file) ?? Standard);
                if (run.Get(postgres) is { } connection)
                {
                    start.Environment["ACCOUNTGRID__POSTGRES"] = connection;
                }

                using var process = SiloProgram.Start(start);
                try
                {
                    await process.WaitForExitAsync(cancellationToken);
                    return (ExitCode)process.ExitCode;
                }
                catch (OperationCanceledException)
                {
                    process.Kill();
                    throw;
                }
            },
            file, postgres);
    }
}
