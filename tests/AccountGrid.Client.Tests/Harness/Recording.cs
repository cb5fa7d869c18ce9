using System.Net;
using System.Net.Http.Headers;

namespace AccountGrid.Client.Tests;

/// <summary>An answer of a real silo, kept to be given again later: what a silo would say that fell behind.</summary>
internal sealed class Recording
{
    private readonly byte[] _body;
    private readonly MediaTypeHeaderValue? _type;
    private readonly List<KeyValuePair<string, IEnumerable<string>>> _headers;
    private readonly List<KeyValuePair<string, IEnumerable<string>>> _trailers;

    private Recording(HttpResponseMessage response, byte[] body)
    {
        _body = body;
        _type = response.Content.Headers.ContentType;
        _headers = [.. response.Headers];
        _trailers = [.. response.TrailingHeaders];
    }

    /// <summary>Takes an answer down; the answer itself is used up.</summary>
    public static async Task<Recording> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            // Trailers are there once the body is.
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return new Recording(response, body);
        }
    }

    /// <summary>The same answer once more.</summary>
    public HttpResponseMessage Play()
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK)
        {
            Version = HttpVersion.Version20,
            Content = new ByteArrayContent(_body),
        };
        response.Content.Headers.ContentType = _type;
        Copy(_headers, response.Headers);
        Copy(_trailers, response.TrailingHeaders);
        return response;
    }

    private static void Copy(List<KeyValuePair<string, IEnumerable<string>>> from, HttpResponseHeaders to)
    {
        foreach (var (name, values) in from)
        {
            to.TryAddWithoutValidation(name, values);
        }
    }
}
