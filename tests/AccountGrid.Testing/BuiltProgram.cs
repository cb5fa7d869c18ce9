using System.Diagnostics;
using System.Reflection;

namespace AccountGrid.Testing;

/// <summary>
/// A program of this repository, started from where it was built, on free ports unless told otherwise.
/// </summary>
internal static class BuiltProgram
{
    private static readonly string[] Ports = ["--http-port", "--grpc-port"];

    /// <summary>
    /// A process that lives for a minute and does little spends a third of its processor time on compiling its methods
    /// a second time, for a speed that no test measures.
    /// </summary>
    private static readonly Dictionary<string, string> ShortLived = new()
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCounting"] = "0",
    };

    /// <summary>What the build wrote into a test assembly under this key; see tests/Directory.Build.targets.</summary>
    /// <exception cref="InvalidOperationException">The test project did not ask for the program.</exception>
    public static string PathOf(string key, string property) =>
        AppDomain.CurrentDomain.GetAssemblies()
            .SelectMany(static a => a.GetCustomAttributes<AssemblyMetadataAttribute>())
            .FirstOrDefault(a => a.Key == key)?.Value
            ?? throw new InvalidOperationException($"The test project must set <{property}>true</{property}>.");

    /// <summary>How to start it.</summary>
    /// <param name="assembly">The program.</param>
    /// <param name="dataDirectory">Its <c>--data</c>.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="asInProduction">As in <see cref="SiloProcessOptions"/>.</param>
    /// <param name="launcher">A program and its arguments that end by executing what follows them; empty =
    /// none.</param>
    public static ProcessStartInfo Start(
        string assembly, string dataDirectory, IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string> environment, bool asInProduction,
        params IReadOnlyList<string> launcher)
    {
        string[] command =
        [
            .. launcher, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", assembly,
            "--data", dataDirectory, .. Ports.Where(p => !arguments.Contains(p))
                .SelectMany(static p => new[] { p, "0" }), .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            // Defaults such as ./accountgrid-data must never touch the repository.
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var (name, value) in asInProduction ? environment : ShortLived.Concat(environment))
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
