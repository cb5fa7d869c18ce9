namespace AccountGrid.Domain.Tests.Laws;

/// <summary>Visits every state that can be reached by so many moves, each once, nearest first.</summary>
internal static class StateSearch
{
    /// <summary>Runs the search.</summary>
    /// <param name="first">Where it begins.</param>
    /// <param name="fingerprint">All that later moves depend on.</param>
    /// <param name="successors">The states after one more move; the laws are checked on the way.</param>
    /// <param name="depth">Moves at most.</param>
    /// <returns>How many states were visited.</returns>
    public static int Run<T>(T first, Func<T, string> fingerprint, Func<T, IEnumerable<T>> successors, int depth)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { fingerprint(first) };
        var frontier = new List<T> { first };
        for (var move = 0; move < depth; move++)
        {
            frontier = [.. frontier.SelectMany(successors).Where(after => seen.Add(fingerprint(after)))];
        }

        return seen.Count;
    }
}
