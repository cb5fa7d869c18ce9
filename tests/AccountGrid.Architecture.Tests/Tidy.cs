using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AccountGrid.Architecture.Tests;

/// <summary>Rules of style that matter, judged from the syntax of one file. Each answers with what breaks it.</summary>
internal static partial class Tidy
{
    public const int MaxFileLines = 400;

    private static readonly ConcurrentDictionary<string, SyntaxNode> Parsed = new(StringComparer.Ordinal);

    /// <summary>About 60 lines; a little above, so that no line is folded to pass.</summary>
    public const int MaxMethodLines = 65;

    public static IEnumerable<string> TooLong(string path, string text)
    {
        var lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return lines > MaxFileLines ? [$"{path} has {lines} lines; at most {MaxFileLines}"] : [];
    }

    /// <summary>From the signature to the last brace; documentation and attributes' comments do not count.</summary>
    public static IEnumerable<string> TooLongMethods(string path, string text) =>
        from node in Parse(text).DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > MaxMethodLines
        select $"{path}:{span.StartLinePosition.Line + 1} has a method of {lines} lines; at most {MaxMethodLines}";

    public static IEnumerable<string> Regions(string path, string text) =>
        from trivia in Parse(text).DescendantTrivia(descendIntoTrivia: true)
        where trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)
        select $"{path}:{trivia.GetLocation().GetLineSpan().StartLinePosition.Line + 1} has a #region";

    /// <summary>A warning that is silenced in a file needs its reason beside it.</summary>
    public static IEnumerable<string> Pragmas(string path, string text) =>
        from trivia in Parse(text).DescendantTrivia(descendIntoTrivia: true)
        where trivia.GetStructure() is PragmaWarningDirectiveTriviaSyntax pragma
            && pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
        let line = trivia.GetLocation().GetLineSpan().StartLinePosition.Line
        where !text.Split('\n')[line].Contains("//", StringComparison.Ordinal)
        select $"{path}:{line + 1} silences a warning without saying why";

    /// <summary>Activation is Orleans' word for a grain in memory; rooms without Orleans have no use for it.</summary>
    public static IEnumerable<string> ForeignWords(string path, string text)
    {
        string[] withoutOrleans =
            ["grains/AccountGrid.Domain/", "grains/AccountGrid.Application/", "grains/AccountGrid.Storage", "client/"];
        return from token in Parse(text).DescendantTokens()
               where withoutOrleans.Any(room => path.StartsWith(room, StringComparison.Ordinal))
               where token.IsKind(SyntaxKind.IdentifierToken) && Activation().IsMatch(token.Text)
               let line = token.GetLocation().GetLineSpan().StartLinePosition.Line + 1
               select $"{path}:{line} calls something {token.Text}";
    }

    /// <summary>Each text is parsed once, whichever rules look at it. Thread-safe.</summary>
    public static SyntaxNode Parse(string text) =>
        Parsed.GetOrAdd(text, static t => CSharpSyntaxTree.ParseText(t, new(LanguageVersion.Preview)).GetRoot());

    [GeneratedRegex("(?<!De|de)activat(e|ion)", RegexOptions.IgnoreCase)]
    private static partial Regex Activation();
}
