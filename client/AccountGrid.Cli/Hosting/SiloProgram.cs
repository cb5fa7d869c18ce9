using System.Diagnostics;

namespace AccountGrid.Cli;

/// <summary>
/// The silo as a program that some commands start: beside this one, or in the repository's build output.
/// </summary>
internal sealed class SiloProgram
{
    private const string FileName = "AccountGrid.Silo.dll";

    private readonly string _file;

    private SiloProgram(string file) => _file = file;

    /// <summary>Looks where <c>ACCOUNTGRID_SILO</c> says, else beside this program and in the repository.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public static SiloProgram Find(CliHost host) =>
        new(Find(host.Environment("ACCOUNTGRID_SILO")) ?? throw new CliException(
        ExitCode.Unavailable,
        $"There is no {FileName} beside this program nor in the repository's build output. "
            + "Build it, or name it in ACCOUNTGRID_SILO."));

    /// <summary>The start information for these arguments.</summary>
    public ProcessStartInfo Prepare(params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetHost());
        start.ArgumentList.Add(_file);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The child does not need the caller's token and server.
        start.Environment.Remove("ACCOUNTGRID_TOKEN");
        start.Environment.Remove("ACCOUNTGRID_SERVER");
        return start;
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="CliException">It could not be started.</exception>
    public static Process Start(ProcessStartInfo start) =>
        Process.Start(start) ?? throw new CliException(
            ExitCode.Unavailable, $"{start.ArgumentList[0]} could not be started.");

    private static string? Find(string? named)
    {
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named)
                ? Path.GetFullPath(named)
                : throw CliException.Usage($"ACCOUNTGRID_SILO: there is no {named}.");
        }

        var beside = Path.Combine(AppContext.BaseDirectory, FileName);
        if (File.Exists(beside))
        {
            return beside;
        }

        // In a checkout: the newest build of the silo's project.
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var output = new DirectoryInfo(Path.Combine(folder.FullName, "silo", "AccountGrid.Silo", "bin"));
            if (File.Exists(Path.Combine(folder.FullName, "AccountGrid.sln")))
            {
                return output.Exists
                    ? output.EnumerateFiles(FileName, SearchOption.AllDirectories)
                        .MaxBy(f => f.LastWriteTimeUtc)?.FullName
                    : null;
            }
        }

        return null;
    }

    private static string DotnetHost() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" ? Environment.ProcessPath!
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host
        : "dotnet";
}
