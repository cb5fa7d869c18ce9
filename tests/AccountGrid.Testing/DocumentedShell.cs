using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AccountGrid.Testing;

/// <summary>How a command of a page went.</summary>
/// <param name="Command">The command.</param>
/// <param name="Printed">
/// What it printed, standard output and error as they came; of a silo that ended well, standard output.
/// </param>
/// <param name="ExitCode">
/// That of the line, or of the silo when it was stopped; <c>null</c> = the command was not reached.
/// </param>
public sealed record DocumentedResult(DocumentedCommand Command, ImmutableArray<string> Printed, int? ExitCode)
{
    /// <summary>What is not as the page says; <c>null</c> where all is.</summary>
    public string? Problem => ExitCode switch
    {
        0 when ShownOutput.Difference(Command.Shown, Printed) is { } difference => $"{Command}\n{difference}",
        0 => null,
        null => $"{Command}\nwas not reached",
        _ => $"{Command}\nended with exit code {ExitCode} and printed:\n{string.Join('\n', Printed)}",
    };

    /// <summary>All problems of several commands, for a test's message; empty where there is none.</summary>
    public static string ProblemsOf(IEnumerable<DocumentedResult> results) =>
        string.Join("\n\n", results.Select(static result => result.Problem).OfType<string>());
}

/// <summary>
/// Runs the commands of a page in one bash, literally and in order, in a directory of its own that looks like a built
/// checkout of this repository. Two things differ from what a reader does. <c>dotnet build -c Release FOLDER</c> and
/// <c>dotnet run -c Release --project FOLDER</c> do not build, because the build of the tests has done so; <c>run</c>
/// starts what was built. And a line that runs the silo runs in the background, as in a terminal of its own: the next
/// other line waits until every silo is ready, and at the end each silo gets SIGTERM. What a silo logs, on standard
/// error, is not compared: on a busy machine it warns that another silo answers late.
/// </summary>
public static class DocumentedShell
{
    private const string Mark = "\u001e";
    private const string SiloProject = "silo/AccountGrid.Silo";
    private const string CliProject = "client/AccountGrid.Cli";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Programs = ["bash", "curl", "sed", "seq", "setpriv"];

    private static readonly string Dotnet = """
        #!/bin/sh
        if [ "$1 $2 $3" = "build -c Release" ] && [ $# -eq 4 ]; then
            exec test -d "$4/bin/Release/net10.0"
        elif [ "$1 $2 $3 $4" = "run -c Release --project" ]; then
            program="$5/bin/Release/net10.0/${5##*/}.dll"
            shift 5
            [ "$1" != -- ] || shift
            set -- exec "$program" "$@"
        fi
        exec setpriv --pdeathsig TERM DOTNET "$@"

        """;

    private static readonly string Beginning = """
        exec </dev/null 2>&1
        shopt -s expand_aliases
        declare -A silos
        trap '[ -z "${silos[*]}" ] || kill "${silos[@]}"' EXIT
        until_ready() {
            local line http tries
            for line in "${!silos[@]}"; do
                for ((tries = 0; tries < 600; tries++)); do
                    kill -0 "${silos[$line]}" || break
                    http=$(sed -n 's/^HTTP *//p' "silo-$line.log")
                    [ -n "$http" ] && curl -sf -o /dev/null "$http/health/ready" && break
                    sleep 0.1
                done
            done
        }
        stop_silo() {
            local silo=${silos[$1]} code
            kill "$silo"
            wait "$silo"
            code=$?
            unset "silos[$1]"
            cat "silo-$1.log"
            [ "$code" -eq 0 ] || cat "silo-$1.errors"
            return "$code"
        }

        """;

    /// <summary>Why no page can be run here, or <c>null</c> where one can: the reason to skip a test with.</summary>
    public static string? Missing =>
        !OperatingSystem.IsLinux() ? "Needs Linux."
        : Programs.Where(static program => ProgramInPath.Find(program) is null).ToArray() is [_, ..] missing
            ? $"Needs {string.Join(", ", missing)}."
        : null;

    /// <summary>Runs them.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="launcher">
    /// A program and its arguments that end by executing what follows them, such as
    /// <see cref="NetworkNamespace.Launcher"/>.
    /// </param>
    /// <param name="environment">Further environment variables. Those of AccountGrid are taken away first.</param>
    /// <param name="programs">A folder of programs for the front of PATH; <c>null</c> = none.</param>
    /// <param name="cancellationToken">Ends everything.</param>
    /// <returns>One result per command.</returns>
    public static async Task<ImmutableArray<DocumentedResult>> RunAsync(
        IReadOnlyList<DocumentedCommand> commands,
        IReadOnlyList<string> launcher,
        IReadOnlyDictionary<string, string>? environment = null,
        string? programs = null,
        CancellationToken cancellationToken = default)
    {
        using var directory = new TempDirectory();
        var script = directory.File("commands.sh");
        await File.WriteAllTextAsync(script, Script(commands), cancellationToken);
        Link(directory, SiloProject, BuiltProgram.PathOf("SiloAssembly", "UsesSiloProcess"));
        Link(directory, CliProject, BuiltProgram.PathOf("CliAssembly", "UsesCliProcess"));

        string[] line = [.. launcher, "bash", script];
        var start = new ProcessStartInfo(line[0], line.Skip(1)) { WorkingDirectory = directory.FullPath };
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string>.Empty)
        {
            start.Environment[name] = value;
        }

        string?[] path = [FolderWithDotnet(directory), programs, start.Environment["PATH"]];
        start.Environment["PATH"] = string.Join(Path.PathSeparator, path.OfType<string>());
        await using var shell = new RunningProcess(start);
        await shell.WaitForExitAsync(Patience, cancellationToken);
        return Results(commands, shell.Output);
    }

    private static bool IsOurs(string variable) => variable.StartsWith("ACCOUNTGRID_", StringComparison.Ordinal);

    private static bool IsSilo(DocumentedCommand command) =>
        command.Text.StartsWith("dotnet run ", StringComparison.Ordinal)
        && command.Text.Contains(SiloProject, StringComparison.Ordinal);

    private static string Script(IReadOnlyList<DocumentedCommand> commands)
    {
        var script = new StringBuilder(Beginning);
        var waits = false;
        for (var at = 0; at < commands.Count; at++)
        {
            var isSilo = IsSilo(commands[at]);
            if (waits && !isSilo)
            {
                script.Append("until_ready\n");
            }

            waits = isSilo;
            script.Append(commands[at].Text);
            script.Append(isSilo ? $" > silo-{at}.log 2> silo-{at}.errors &\nsilos[{at}]=$!\n" : $"\n{End(at, "$?")}");
        }

        script.Append(waits ? "until_ready\n" : "");
        foreach (var (at, _) in commands.Index().Where(static c => IsSilo(c.Item)))
        {
            script.Append(CultureInfo.InvariantCulture, $"stop_silo {at}\n{End(at, "$?")}");
        }

        return script.ToString();
    }

    // What comes before it may not end with a line break.
    private static string End(int command, string exitCode) => $"printf '\\n{Mark}%d %d\\n' {command} {exitCode}\n";

    private static ImmutableArray<DocumentedResult> Results(
        IReadOnlyList<DocumentedCommand> commands, IReadOnlyList<string> output)
    {
        var results = commands.Select(static command => new DocumentedResult(command, [], null)).ToArray();
        var printed = new List<string>();
        foreach (var line in output)
        {
            if (!line.StartsWith(Mark, StringComparison.Ordinal))
            {
                printed.Add(line);
                continue;
            }

            var numbers = line[Mark.Length..].Split(' ');
            var at = int.Parse(numbers[0], CultureInfo.InvariantCulture);
            results[at] = results[at] with
            {
                Printed = [.. ShownOutput.WithoutEmptyEnd(printed)],
                ExitCode = int.Parse(numbers[1], CultureInfo.InvariantCulture),
            };
            printed.Clear();
        }

        return [.. results];
    }

    private static void Link(TempDirectory directory, string project, string assembly)
    {
        var build = directory.File($"{project}/bin/Release");
        Directory.CreateDirectory(build);
        Directory.CreateSymbolicLink(Path.Combine(build, "net10.0"), Path.GetDirectoryName(assembly)!);
    }

    private static string FolderWithDotnet(TempDirectory directory)
    {
        var real = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? ProgramInPath.Find("dotnet")
            ?? throw new InvalidOperationException("There is no dotnet in PATH.");
        var folder = directory.File("bin");
        var ours = Path.Combine(folder, "dotnet");
        Directory.CreateDirectory(folder);
        File.WriteAllText(ours, Dotnet.Replace("DOTNET", $"'{real}'", StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(ours, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return folder;
    }
}
