using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace AccountGrid.Testing;

/// <summary>
/// A command that a page of documentation shows: in a code block of the language <c>console</c>, a line that begins
/// with <c>$</c> and a space. The lines up to the next one are what it prints.
/// </summary>
/// <param name="Line">The line of the page, from 1.</param>
/// <param name="Text">What is typed.</param>
/// <param name="Shown">What the page says is printed, without empty lines at the end.</param>
public sealed partial record DocumentedCommand(int Line, string Text, ImmutableArray<string> Shown)
{
    private const string Fence = "```";
    private const string Prompt = "$ ";
    private const string Heading = "## ";

    /// <inheritdoc/>
    public override string ToString() => $"line {Line}: {Text}";

    /// <summary>All commands below a heading of the second level, in order.</summary>
    /// <param name="page">The page's lines.</param>
    /// <param name="heading">The heading, without its marks.</param>
    public static ImmutableArray<DocumentedCommand> Below(IReadOnlyList<string> page, string heading)
    {
        var commands = ImmutableArray.CreateBuilder<DocumentedCommand>();
        foreach (var (first, language, lines) in Blocks(page, heading))
        {
            for (var at = 0; language == "console" && at < lines.Length;)
            {
                if (!StartsWith(lines[at], Prompt))
                {
                    throw new FormatException($"Line {first + at}: a block begins with a command.");
                }

                var shown = lines[(at + 1)..].TakeWhile(static line => !StartsWith(line, Prompt)).ToArray();
                var command = lines[at][Prompt.Length..];
                commands.Add(new DocumentedCommand(first + at, command, [.. ShownOutput.WithoutEmptyEnd(shown)]));
                at += shown.Length + 1;
            }
        }

        return commands.ToImmutable();
    }

    /// <summary>The lines of all code blocks that are no console, anywhere on the page.</summary>
    public static ImmutableArray<string> OtherCode(IReadOnlyList<string> page) =>
        [.. Blocks(page, heading: null).Where(static b => b.Language != "console").SelectMany(static b => b.Lines)];

    /// <summary>The headings of the second level below which there are commands.</summary>
    public static ImmutableArray<string> Headings(IReadOnlyList<string> page) =>
    [
        .. page.Where(static line => StartsWith(line, Heading))
            .Select(static line => line[Heading.Length..])
            .Where(heading => !Below(page, heading).IsEmpty),
    ];

    /// <summary>What stands between single backquotes in the text, code blocks left out.</summary>
    public static ImmutableArray<string> InlineCode(IReadOnlyList<string> page)
    {
        var text = new List<string>();
        var isCode = false;
        foreach (var line in page)
        {
            var isFence = StartsWith(line, Fence);
            isCode ^= isFence;
            text.Add(isCode || isFence ? "" : line);
        }

        // A line break within them is a space.
        var codes = Backquoted().Matches(string.Join('\n', text));
        return [.. codes.Select(static match => match.Groups[1].Value.Replace('\n', ' '))];
    }

    private static bool StartsWith(string line, string mark) => line.StartsWith(mark, StringComparison.Ordinal);

    private static IEnumerable<(int FirstLine, string Language, string[] Lines)> Blocks(
        IReadOnlyList<string> page, string? heading)
    {
        var isInSection = heading is null;
        for (var at = 0; at < page.Count; at++)
        {
            if (StartsWith(page[at], Fence))
            {
                var lines = page.Skip(at + 1).TakeWhile(static line => !StartsWith(line, Fence)).ToArray();
                if (isInSection)
                {
                    yield return (at + 2, page[at][Fence.Length..], lines);
                }

                at += lines.Length + 1;
            }
            else if (heading is not null && StartsWith(page[at], Heading))
            {
                isInSection = page[at][Heading.Length..] == heading;
            }
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backquoted();
}
