using System.Runtime.CompilerServices;

namespace AccountGrid.Client;

/// <summary>Listings over all their pages.</summary>
internal static class Pages
{
    /// <summary>Items in a page.</summary>
    public const int Size = 500;

    /// <summary>Reads page after page, each when its first item is asked for.</summary>
    public static async IAsyncEnumerable<TItem> ReadAsync<TPage, TItem>(
        Func<string, CancellationToken, Task<TPage>> read,
        Func<TPage, IEnumerable<TItem>> items,
        Func<TPage, string> next,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            var page = await read(token, cancellationToken);
            foreach (var item in items(page))
            {
                yield return item;
            }

            var before = token;
            token = next(page);
            if (token.Length > 0 && token == before)
            {
                throw new InvalidOperationException("The server answered the same page token twice.");
            }
        }
        while (token.Length > 0);
    }
}
