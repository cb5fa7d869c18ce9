namespace AccountGrid.Chaos.Histories;

/// <summary>Writes a history for a person who looks for what went wrong.</summary>
internal static class HistoryFile
{
    /// <summary>Every operation with its attempts, in the order of invocation, and the ends of lives.</summary>
    public static void Write(string path, HistorySnapshot history) => File.WriteAllLines(
        path,
        history.Operations.SelectMany(o => o.Attempts.Select(a => $"  {Say(a)}").Prepend(o.ToString()))
            .Append("Deaths: " + string.Join(", ", history.Deaths)));

    private static string Say(Attempt attempt) =>
        $"{attempt} {string.Join(' ', attempt.Answer?.Seen ?? [])}";
}
