namespace AccountGrid.Cli.Commands;

/// <summary>Listing over several pages, up to a limit.</summary>
internal static class Paging
{
    private const int LargestPage = 1000;

    /// <summary>
    /// Collects items page by page into the first page's answer, so that <c>--json</c> prints one answer whose next
    /// page token goes on behind the last item.
    /// </summary>
    /// <param name="limit">How many items at most.</param>
    /// <param name="pageToken">Where to begin, or <c>null</c>.</param>
    /// <param name="fetch">Gets one page: size and token in, the page out.</param>
    /// <param name="count">How many items an answer holds.</param>
    /// <param name="next">An answer's next page token.</param>
    /// <param name="merge">Adds a later page to the first: its items and its token.</param>
    public static async Task<T> CollectAsync<T>(
        long limit, string? pageToken, Func<int, string, Task<T>> fetch, Func<T, int> count, Func<T, string> next, Action<T, T> merge)
    {
        var all = await fetch((int)Math.Min(limit, LargestPage), pageToken ?? "");
        while (count(all) < limit && next(all).Length > 0)
        {
            var before = next(all);
            merge(all, await fetch((int)Math.Min(limit - count(all), LargestPage), before));
            if (next(all) == before)
            {
                throw new CliException(ExitCode.Unavailable, "The server answered the same page token twice.");
            }
        }

        return all;
    }

    /// <summary>Says that there is more, and how to get it.</summary>
    public static void NoteMore(Output output, string nextPageToken)
    {
        if (nextPageToken.Length > 0)
        {
            output.Note($"There are more: raise --limit, or go on with --page-token {nextPageToken}");
        }
    }
}
