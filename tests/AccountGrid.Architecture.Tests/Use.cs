using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AccountGrid.Architecture.Tests;

/// <summary>Types under their names, and files that nothing uses, as far as the syntax of all files can tell.</summary>
internal static class Use
{
    private const string ClientLibrary = "client/AccountGrid.Client/";

    /// <summary>
    /// Public types that do not stand in a file of their name. <c>AccountProcessor.Commands.cs</c> is a file of
    /// <c>AccountProcessor</c>.
    /// </summary>
    public static IEnumerable<string> MisplacedTypes(string path, string text)
    {
        var name = Path.GetFileName(path).Split('.')[0];
        return from type in TopLevelTypes(Tidy.Parse(text))
               where type.Modifiers.Any(SyntaxKind.PublicKeyword) && NameOf(type) != name
               select $"{path} declares the public type {NameOf(type)}, which belongs into a file of its own";
    }

    /// <summary>
    /// Product files whose types and extension methods no other product file names. Types that are found otherwise
    /// count as named: grains, what is registered by an attribute, and the client library's, which other programs use.
    /// </summary>
    /// <param name="sources">The texts of all product files by their paths.</param>
    public static IEnumerable<string> UnusedSources(IReadOnlyDictionary<string, string> sources)
    {
        var files = sources.Select(s => (s.Key, Root: Tidy.Parse(s.Value))).ToArray();
        var users = files
            .SelectMany(file => IdentifiersIn(file.Root), (file, name) => (Name: name, file.Key))
            .ToLookup(use => use.Name, use => use.Key, StringComparer.Ordinal);

        return from file in files
               let types = TopLevelTypes(file.Root).ToArray()
               where types.Length > 0 && !types.Any(IsFoundByFramework)
               where !file.Key.StartsWith(ClientLibrary, StringComparison.Ordinal)
               let names = types.Select(NameOf).Concat(types.Select(NameOf).Select(WithoutSuffix))
                   .Concat(types.SelectMany(ExtensionMethods))
               where !names.Any(name => users[name].Any(user => user != file.Key))
               select file.Key;
    }

    /// <summary>
    /// Files that are no C# and that no other file names. A pattern such as <c>*.sql</c> in the file's project names
    /// all that have this ending; a Markdown file must be linked.
    /// </summary>
    /// <param name="texts">The texts of all files by their paths.</param>
    public static IEnumerable<string> UnusedFiles(IReadOnlyDictionary<string, string> texts)
    {
        var linked = texts.Where(file => IsMarkdown(file.Key))
            .SelectMany(
                file => Markdown.Links(file.Value), (file, link) => Markdown.Resolve(file.Key, link.Split('#')[0]))
            .ToHashSet(StringComparer.Ordinal);

        return from file in texts.Keys
               where file.Contains('/', StringComparison.Ordinal) && !file.EndsWith(".cs", StringComparison.Ordinal)
               where !IsFoundByTool(file)
               where IsMarkdown(file)
                   ? !linked.Contains(file)
                   : !texts.Any(other => other.Key != file && Names(other.Key, other.Value, file))
               select file;
    }

    /// <summary>An attribute is used under its name without the suffix.</summary>
    private static string WithoutSuffix(string name) =>
        name.EndsWith(nameof(Attribute), StringComparison.Ordinal) ? name[..^nameof(Attribute).Length] : name;

    private static bool Names(string other, string text, string file) =>
        text.Contains(Path.GetFileName(file), StringComparison.Ordinal)
        || (IsInProjectOf(other, file) && text.Contains("*" + Path.GetExtension(file), StringComparison.Ordinal));

    private static bool IsInProjectOf(string other, string file) =>
        file.StartsWith(string.Join('/', other.Split('/').Take(2)) + "/", StringComparison.Ordinal);

    private static bool IsMarkdown(string file) => file.EndsWith(".md", StringComparison.Ordinal);

    /// <summary>What the SDK, npm, Grafana and CI look for by its name or folder.</summary>
    private static bool IsFoundByTool(string file) =>
        Path.GetFileName(file) is "packages.lock.json" or "package.json" or "package-lock.json" or ".npmrc"
            or "xunit.runner.json" or "Directory.Build.props" or "Directory.Build.targets"
        || file.Contains("/provisioning/", StringComparison.Ordinal) || file == ".ci/run";

    private static IEnumerable<MemberDeclarationSyntax> TopLevelTypes(SyntaxNode root) =>
        root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>().Where(m => m is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is DelegateDeclarationSyntax d ? d.Identifier.Text : ((BaseTypeDeclarationSyntax)type).Identifier.Text;

    private static IEnumerable<string> IdentifiersIn(SyntaxNode root) =>
        root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.Text).Distinct();

    private static IEnumerable<string> ExtensionMethods(MemberDeclarationSyntax type) =>
        type.DescendantNodes().OfType<MethodDeclarationSyntax>()
            .Where(m => m.Parent?.RawKind == (int)SyntaxKind.ExtensionBlockDeclaration
                || m.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true)
            .Select(m => m.Identifier.Text);

    private static bool IsFoundByFramework(MemberDeclarationSyntax type) =>
        (type is BaseTypeDeclarationSyntax { BaseList.Types: var bases }
            && bases.Select(b => b.Type.ToString())
                .Any(name => name == "GrainService" || name.EndsWith("Grain", StringComparison.Ordinal)))
        || type.AttributeLists.SelectMany(list => list.Attributes)
            .Any(attribute => attribute.Name.ToString().StartsWith("Register", StringComparison.Ordinal));
}
