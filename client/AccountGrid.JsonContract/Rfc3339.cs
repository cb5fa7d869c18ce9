using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.JsonContract;

/// <summary>
/// Reads instants in the form of RFC 3339, which also allows <c>t</c>, <c>z</c> and <c>-00:00</c>. Protobuf's reader
/// knows none of these. Stateless.
/// </summary>
public static class Rfc3339
{
    private const int LongestText = 40;
    private const int DateLength = 10;
    private const string UnknownOffset = "-00:00";
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789-:.TZ+");

    /// <summary>Reads an instant of the years 1 to 9999, with at most nine digits of a second.</summary>
    /// <param name="text">The text, without quotes.</param>
    /// <param name="time">The instant.</param>
    /// <param name="canonical">The same text in the form that protobuf reads; of the same length.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(string text, out Timestamp time, out string canonical)
    {
        ArgumentNullException.ThrowIfNull(text);
        time = new Timestamp();
        canonical = Canonical(text);
        if (text.Length > LongestText || canonical.AsSpan().ContainsAnyExcept(Characters))
        {
            return false;
        }

        try
        {
            time = JsonParser.Default.Parse<Timestamp>($"\"{canonical}\"");
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static string Canonical(string text)
    {
        if (text.Length > DateLength && text[DateLength] == 't')
        {
            text = $"{text.AsSpan(0, DateLength)}T{text.AsSpan(DateLength + 1)}";
        }

        return text.EndsWith('z') ? $"{text.AsSpan(0, text.Length - 1)}Z"
            : text.EndsWith(UnknownOffset, StringComparison.Ordinal)
                ? $"{text.AsSpan(0, text.Length - UnknownOffset.Length)}+00:00"
            : text;
    }
}
