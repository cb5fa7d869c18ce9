using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AccountGrid.Gateway.Validation;

/// <summary>
/// Page tokens: the cursor of the next page, and a checksum over it and its query. A token that was changed, or is sent
/// with another query, is refused. The checksum is not secret, because a cursor reveals nothing that the query itself
/// does not; it prevents a page of another listing. The same in every process.
/// </summary>
internal static class PageTokens
{
    private const int ChecksumLength = 12;
    private const int MostCharacters = 400;

    /// <summary>The token of the page after a number; empty for 0, which is the end.</summary>
    public static string Format(string query, long next)
    {
        if (next == 0)
        {
            return "";
        }

        Span<byte> cursor = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(cursor, next);
        return Format(query, cursor);
    }

    /// <summary>The token of the page after a name; empty at the end.</summary>
    public static string Format(string query, string next) =>
        next.Length == 0 ? "" : Format(query, Encoding.UTF8.GetBytes(next));

    /// <summary>Reads a number back; 0 for no token.</summary>
    public static long Number(ref FieldChecks checks, string query, string token)
    {
        if (token.Length == 0)
        {
            return 0;
        }

        if (Read(query, token) is { Length: sizeof(long) } cursor)
        {
            return BinaryPrimitives.ReadInt64BigEndian(cursor);
        }

        Refuse(ref checks);
        return 0;
    }

    /// <summary>Reads a name back; empty for no token.</summary>
    public static string Name(ref FieldChecks checks, string query, string token)
    {
        if (token.Length == 0)
        {
            return "";
        }

        if (Read(query, token) is { } cursor)
        {
            return Encoding.UTF8.GetString(cursor);
        }

        Refuse(ref checks);
        return "";
    }

    private static void Refuse(ref FieldChecks checks) =>
        checks.Add("pageToken", "is not one that this server gave for this query");

    private static string Format(string query, ReadOnlySpan<byte> cursor)
    {
        var token = new byte[ChecksumLength + cursor.Length];
        Checksum(query, cursor, token.AsSpan(0, ChecksumLength));
        cursor.CopyTo(token.AsSpan(ChecksumLength));
        return Base64Url.EncodeToString(token);
    }

    private static byte[]? Read(string query, string token)
    {
        if (token.Length > MostCharacters || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= ChecksumLength)
        {
            return null;
        }

        var cursor = bytes.AsSpan(ChecksumLength);
        Span<byte> expected = stackalloc byte[ChecksumLength];
        Checksum(query, cursor, expected);
        return expected.SequenceEqual(bytes.AsSpan(0, ChecksumLength)) ? cursor.ToArray() : null;
    }

    private static void Checksum(string query, ReadOnlySpan<byte> cursor, Span<byte> checksum)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("accountgrid.page.v1\0"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(query));
        hash.AppendData("\0"u8);
        hash.AppendData(cursor);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(whole);
        whole[..ChecksumLength].CopyTo(checksum);
    }
}
