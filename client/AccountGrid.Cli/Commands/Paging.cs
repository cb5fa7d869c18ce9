using Google.Protobuf;
using Google.Protobuf.Collections;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// Reads a listing over several pages, up to a limit. Requests have <c>page_size</c> and <c>page_token</c>, answers
/// <c>next_page_token</c>.
/// </summary>
internal static class Paging
{
    private const int LargestPage = 1000;

    /// <summary>
    /// Collects items page by page into the first page's answer, so that <c>--json</c> prints one answer whose next
    /// page token goes on behind the last item.
    /// </summary>
    /// <param name="request">The request; its page size and page token are overwritten.</param>
    /// <param name="limit">How many items at most.</param>
    /// <param name="pageToken">The token of the first page; empty for the beginning.</param>
    /// <param name="fetch">Gets one page.</param>
    /// <param name="items">The items of a page.</param>
    /// <exception cref="CliException">The server answered the same page token twice.</exception>
    public static async Task<TPage> CollectAsync<TRequest, TPage, TItem>(
        TRequest request,
        long limit,
        string pageToken,
        Func<TRequest, Task<TPage>> fetch,
        Func<TPage, RepeatedField<TItem>> items)
        where TRequest : IMessage
        where TPage : IMessage
    {
        var all = await FetchAsync(limit, pageToken);
        while (items(all).Count < limit && NextOf(all) is { Length: > 0 } token)
        {
            var page = await FetchAsync(limit - items(all).Count, token);
            items(all).AddRange(items(page));
            Set(all, "next_page_token", NextOf(page));
            if (NextOf(page) == token)
            {
                throw new CliException(ExitCode.Unavailable, "The server answered the same page token twice.");
            }
        }

        return all;

        Task<TPage> FetchAsync(long size, string token)
        {
            Set(request, "page_size", (int)Math.Min(size, LargestPage));
            Set(request, "page_token", token);
            return fetch(request);
        }
    }

    /// <summary>Says that there is more, and how to get it.</summary>
    public static void NoteMore(Output output, IMessage page)
    {
        if (NextOf(page) is { Length: > 0 } token)
        {
            output.Note($"There are more: raise --limit, or go on with --page-token {token}");
        }
    }

    private static string NextOf(IMessage page) =>
        (string)page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page);

    private static void Set(IMessage message, string field, object value) =>
        message.Descriptor.FindFieldByName(field).Accessor.SetValue(message, value);
}
