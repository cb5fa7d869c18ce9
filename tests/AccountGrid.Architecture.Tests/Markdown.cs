using System.Text.RegularExpressions;

namespace AccountGrid.Architecture.Tests;

/// <summary>Links in Markdown: files and headings that they name exist.</summary>
internal static partial class Markdown
{
    /// <summary>Links that lead nowhere. Addresses of other sites are not followed.</summary>
    /// <param name="path">The file with the links.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">The text of a file by its path; <c>null</c> if there is none, empty for a folder.</param>
    public static IEnumerable<string> BrokenLinks(string path, string text, Func<string, string?> read)
    {
        foreach (var target in Links(text).Where(target => !target.Contains("://", StringComparison.Ordinal)))
        {
            var parts = target.Split('#', 2);
            var file = parts[0].Length == 0 ? path : Resolve(path, parts[0]);
            if (read(file) is not { } linked)
            {
                yield return $"{path} links to {target}, and there is no {file}";
            }
            else if (parts.Length == 2 && !Anchors(linked).Contains(parts[1]))
            {
                yield return $"{path} links to {target}, and {file} has no such heading";
            }
        }
    }

    /// <summary>The targets of all links and images.</summary>
    public static IEnumerable<string> Links(string text) =>
        from line in WithoutFences(text)
        from Match link in Link().Matches(CodeSpan().Replace(line, "x"))
        select link.Groups[1].Value;

    /// <summary>The anchors of all headings, as GitHub makes them.</summary>
    public static IReadOnlySet<string> Anchors(string text)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var heading in WithoutFences(text).Where(line => Heading().IsMatch(line)))
        {
            var shown = LinkedText().Replace(Heading().Replace(heading, ""), "$1").Trim().ToLowerInvariant();
            var kept = shown.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_');
            var anchor = string.Concat(kept).Replace(' ', '-');
            var again = 0;
            var unique = anchor;
            while (!anchors.Add(unique))
            {
                unique = $"{anchor}-{++again}";
            }
        }

        return anchors;
    }

    /// <summary>The lines, with those of fenced code empty.</summary>
    public static IEnumerable<string> WithoutFences(string text)
    {
        string? fence = null;
        foreach (var line in text.Split('\n'))
        {
            var mark = Fence().Match(line).Groups[1].Value;
            var isInside = fence is not null;
            if (mark.Length > 0)
            {
                fence = fence is null ? mark : fence == mark ? null : fence;
            }

            yield return isInside || fence is not null ? "" : line;
        }
    }

    /// <summary>A relative link from a file, as a path from the root.</summary>
    public static string Resolve(string from, string target)
    {
        var parts = from.Split('/').SkipLast(1).ToList();
        foreach (var part in target.TrimEnd('/').Split('/').Where(p => p != "."))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"^#{1,6} ")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkedText();

    [GeneratedRegex("^ *(```|~~~)")]
    private static partial Regex Fence();
}
