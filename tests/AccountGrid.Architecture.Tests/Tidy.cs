using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AccountGrid.Architecture.Tests;

/// <summary>Rules of style that matter, judged from the syntax of one file. Each answers with what breaks it.</summary>
internal static partial class Tidy
{
    public const int MaxFileLines = 400;

    /// <summary>About 60 lines; a little above, so that nobody folds a line to pass.</summary>
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

    /// <summary>An analyzer that is silenced in the middle of a file is silenced without a word; the reasons stand in .editorconfig.</summary>
    public static IEnumerable<string> Pragmas(string path, string text) =>
        from trivia in Parse(text).DescendantTrivia(descendIntoTrivia: true)
        where trivia.GetStructure() is PragmaWarningDirectiveTriviaSyntax pragma && pragma.DisableOrRestoreKeyword.IsKind(SyntaxKind.DisableKeyword)
        let line = trivia.GetLocation().GetLineSpan().StartLinePosition.Line
        where !text.Split('\n')[line].Contains("//", StringComparison.Ordinal)
        select $"{path}:{line + 1} silences a warning without saying why";

    /// <summary>Activation is Orleans' word for a grain in memory: no name in the rooms without Orleans may use it for an account's status.</summary>
    public static IEnumerable<string> ForeignWords(string path, string text)
    {
        string[] withoutOrleans = ["grains/AccountGrid.Domain/", "grains/AccountGrid.Application/", "grains/AccountGrid.Storage", "client/"];
        return withoutOrleans.Any(room => path.StartsWith(room, StringComparison.Ordinal))
            ? Parse(text).DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken) && Activation().IsMatch(t.Text))
                .Select(t => $"{path}:{t.GetLocation().GetLineSpan().StartLinePosition.Line + 1} calls something {t.Text}").Distinct()
            : [];
    }

    private static SyntaxNode Parse(string text) => CSharpSyntaxTree.ParseText(text, new(LanguageVersion.Preview)).GetRoot();

    [GeneratedRegex("(?<!De|de)activat(e|ion)", RegexOptions.IgnoreCase)]
    private static partial Regex Activation();
}
