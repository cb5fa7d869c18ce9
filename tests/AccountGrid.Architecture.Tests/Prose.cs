using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AccountGrid.Architecture.Tests;

/// <summary>Rules for comments, messages and Markdown. Each answers with what breaks it.</summary>
internal static partial class Prose
{
    public const int MaxColumns = 120;

    /// <summary>Such a word hides which part of the system acts. Say the caller, the silo, the operator.</summary>
    public static IEnumerable<string> VagueWords(string path, string text) =>
        from line in Numbered(path, text)
        from Match word in VagueWord().Matches(line.Text)
        select $"{path}:{line.Number} says \"{word.Value}\"";

    /// <summary>"Who." only asks. The answer is needed: "The operator who proposed it."</summary>
    public static IEnumerable<string> Riddles(string path, string text) =>
        from element in Tidy.Parse(text).DescendantNodes(descendIntoTrivia: true).OfType<XmlElementSyntax>()
        let said = Between().Replace(element.Content.ToString(), " ").Trim()
        where Riddle().IsMatch(said)
        let line = element.GetLocation().GetLineSpan().StartLinePosition.Line + 1
        select $"{path}:{line} documents something as \"{said}\"";

    /// <summary>Lines that cannot be wrapped may be longer: rows of tables, one long link.</summary>
    public static IEnumerable<string> LongLines(string path, string text) =>
        from line in Numbered(path, text)
        where line.Text.Length > MaxColumns && CanBeWrapped(line.Text.TrimStart())
        select $"{path}:{line.Number} has {line.Text.Length} columns; at most {MaxColumns}";

    /// <summary>Code in Markdown is left out: it quotes a program, or words that are not to be used.</summary>
    private static IEnumerable<(int Number, string Text)> Numbered(string path, string text)
    {
        var isMarkdown = path.EndsWith(".md", StringComparison.Ordinal);
        var lines = isMarkdown ? Markdown.WithoutFences(text) : text.Split('\n');
        return lines.Select((line, i) => (i + 1, line));
    }

    private static bool CanBeWrapped(string line) =>
        !line.StartsWith('|') && line.LastIndexOf(' ', Math.Min(line.Length - 1, MaxColumns)) > 3;

    [GeneratedRegex(@"(?<!`)\b(whoever|whomever|nobody|somebody)\b(?!`)", RegexOptions.IgnoreCase)]
    private static partial Regex VagueWord();

    [GeneratedRegex(@"^(Whose\b.*|(Who|Whom|What|When|Where|Why|Which|How)( \S+)?\.)$", RegexOptions.Singleline)]
    private static partial Regex Riddle();

    /// <summary>What stands between two words of a doc comment.</summary>
    [GeneratedRegex(@"(\s|///)+")]
    private static partial Regex Between();
}
