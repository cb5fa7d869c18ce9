namespace AccountGrid.Architecture.Tests;

/// <summary>The repository's files, found from where the tests run. Paths begin at its root, with slashes.</summary>
internal static class Repository
{
    private static readonly string[] Product = ["grains", "silo", "client"];
    private static readonly string[] Folders = [.. Product, "tests", "deploy", "eng", "docs", ".ci"];
    private static readonly string[] NotByHand = ["bin", "obj", "node_modules", "TestResults", "accountgrid-data"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every file written by hand, in the order of their paths; nothing that is built or downloaded.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(Root)
            .Concat(Folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(Below))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    /// <summary>C# of the product and of the tests.</summary>
    public static IReadOnlyList<string> Sources { get; } = [.. Files.Where(file => Has(file, ".cs"))];

    /// <summary>C# of the product.</summary>
    public static IReadOnlyList<string> ProductSources { get; } = [.. Sources.Where(IsProduct)];

    /// <summary>Every Markdown file.</summary>
    public static IReadOnlyList<string> Documents { get; } = [.. Files.Where(file => Has(file, ".md"))];

    /// <summary>The texts of the product, of what is deployed beside it, and of all documents.</summary>
    public static IReadOnlyList<string> Prose { get; } =
        [.. Files.Where(file => Has(file, ".md")
            || ((IsProduct(file) || IsIn("deploy", file)) && !Has(file, ".lock.json") && !Has(file, "-lock.json")))];

    /// <summary>The names of the production projects, as their assemblies are called.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files.Where(file => IsProduct(file) && Has(file, ".csproj"))
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static bool IsProduct(string file) => Product.Any(folder => IsIn(folder, file));

    public static string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static bool Has(string file, string ending) => file.EndsWith(ending, StringComparison.Ordinal);

    private static bool IsIn(string folder, string file) => file.StartsWith(folder + "/", StringComparison.Ordinal);

    private static IEnumerable<string> Below(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder)
            .Where(below => !NotByHand.Contains(Path.GetFileName(below), StringComparer.Ordinal)).SelectMany(Below));

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "AccountGrid.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("No folder above the tests has an AccountGrid.sln.");
    }
}
