namespace AccountGrid.Architecture.Tests;

/// <summary>Where the sources are, found from where the tests run.</summary>
internal static class Repository
{
    private static readonly string[] Rooms = ["grains", "silo", "client", "tests"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every source file written by hand, as path below the root.</summary>
    public static IReadOnlyList<string> Sources { get; } =
        [.. Rooms.SelectMany(room => Directory.EnumerateFiles(Path.Combine(Root, room), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
                && !file.Contains("/node_modules/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    /// <summary>The names of the production projects, as their assemblies are called.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Rooms[..3].SelectMany(room => Directory.EnumerateFiles(Path.Combine(Root, room), "*.csproj", SearchOption.AllDirectories))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static string Read(string source) => File.ReadAllText(Path.Combine(Root, source));

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("AccountGrid.sln is nowhere above the tests.");
    }
}
