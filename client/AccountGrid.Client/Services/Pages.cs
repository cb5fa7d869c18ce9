using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace AccountGrid.Client;

/// <summary>
/// Listings over all their pages. Requests have <c>page_size</c> and <c>page_token</c>, answers <c>next_page_token</c>.
/// </summary>
internal static class Pages
{
    /// <summary>Items in a page.</summary>
    private const int Size = 500;

    /// <summary>Reads page after page, each when its first item is asked for.</summary>
    /// <param name="request">The request without page size and page token; never changed.</param>
    /// <param name="read">Gets one page.</param>
    /// <param name="items">The items of a page.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public static async IAsyncEnumerable<TItem> ReadAsync<TRequest, TPage, TItem>(
        TRequest request,
        Func<TRequest, CancellationToken, Task<TPage>> read,
        Func<TPage, IEnumerable<TItem>> items,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRequest : IMessage<TRequest>
        where TPage : IMessage
    {
        var next = request.Clone();
        Set(next, "page_size", Size);
        for (var token = ""; ;)
        {
            Set(next, "page_token", token);
            var page = await read(next, cancellationToken);
            foreach (var item in items(page))
            {
                yield return item;
            }

            var before = token;
            token = (string)page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page);
            if (token.Length == 0)
            {
                yield break;
            }

            if (token == before)
            {
                throw new InvalidOperationException("The server answered the same page token twice.");
            }
        }
    }

    private static void Set(IMessage message, string field, object value) =>
        message.Descriptor.FindFieldByName(field).Accessor.SetValue(message, value);
}
