using System.Text;

namespace AccountGrid.Storage.Postgres;

/// <summary>
/// How texts stand in columns. PostgreSQL's text holds no zero character, and the columns with hexadecimal and UUIDs
/// hold them in half the bytes. Lossless in both directions for every text that UTF-8 can hold; lone surrogates become
/// U+FFFD, as in the bytes that entries are hashed by.
/// </summary>
internal static class StoredText
{
    private const byte Utf8 = 0;
    private const byte Hex = 1;
    private const byte Uuid = 2;

    /// <summary>A text for a text column: a backslash as <c>\\</c>, a zero character as <c>\0</c>.</summary>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0)
        {
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text.AsSpan().ContainsAny('\\', '\0')
            ? text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\0", @"\0", StringComparison.Ordinal)
            : text;
    }

    /// <summary>The text of a text column.</summary>
    public static string Unescape(string stored)
    {
        if (!stored.Contains('\\', StringComparison.Ordinal))
        {
            return stored;
        }

        var text = new StringBuilder(stored.Length);
        for (var i = 0; i < stored.Length; i++)
        {
            // A backslash at the very end, which only tampering can leave, stands for itself.
            text.Append(stored[i] != '\\' || ++i == stored.Length ? stored[i == stored.Length ? i - 1 : i]
                : stored[i] == '0' ? '\0' : stored[i]);
        }

        return text.ToString();
    }

    /// <summary>A text for a column of packed texts.</summary>
    public static byte[]? Pack(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length == 36 && Guid.TryParseExact(text, "D", out var uuid)
            && string.Equals(uuid.ToString("D"), text, StringComparison.Ordinal))
        {
            var bytes = new byte[17];
            bytes[0] = Uuid;
            uuid.TryWriteBytes(bytes.AsSpan(1), bigEndian: true, out _);
            return bytes;
        }

        if (text.Length > 0 && text.Length % 2 == 0 && text.All(static c => char.IsAsciiHexDigitLower(c)))
        {
            var bytes = new byte[1 + (text.Length / 2)];
            bytes[0] = Hex;
            Convert.FromHexString(text, bytes.AsSpan(1), out _, out _);
            return bytes;
        }

        return [Utf8, .. Encoding.UTF8.GetBytes(text)];
    }

    /// <summary>
    /// The text of a packed column. Bytes that are none, which only tampering can leave, are shown in hexadecimal.
    /// </summary>
    public static string? Unpack(byte[]? stored) => stored switch
    {
        null => null,
        [Utf8, .. var text] => Encoding.UTF8.GetString(text),
        [Hex, .. var bytes] => Convert.ToHexStringLower(bytes),
        [Uuid, .. { Length: 16 } bytes] => new Guid(bytes, bigEndian: true).ToString("D"),
        _ => Convert.ToHexStringLower(stored),
    };
}
