using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AccountGrid.Gateway.Http;

/// <summary>
/// Reads one line of an ingest: <c>{"account":"1","follower":"2","op":"follow"}</c>, ids as strings or numbers,
/// <c>op</c> <c>follow</c> or <c>unfollow</c> in either case. Not by the proto reader, because an ingest may have
/// millions of lines.
/// </summary>
internal static class FollowLine
{
    /// <summary>Reads a line. Returns the rule that it breaks, or <c>null</c>.</summary>
    public static string? Read(in ReadOnlySequence<byte> line, out long account, out long follower, out bool follows)
    {
        account = 0;
        follower = 0;
        follows = false;
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = 2 });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject
                ? ReadObject(ref reader, ref account, ref follower, ref follows)
                : "is not a JSON object";
        }
        catch (JsonException)
        {
            return "is not JSON";
        }
        catch (InvalidOperationException)
        {
            // Thrown by the reader for text that is not valid Unicode.
            return "holds text that is not valid Unicode";
        }
    }

    private static string? ReadObject(ref Utf8JsonReader reader, ref long account, ref long follower, ref bool follows)
    {
        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.ValueTextEquals("account"u8)
                ? 1
                : reader.ValueTextEquals("follower"u8) ? 2 : reader.ValueTextEquals("op"u8) ? 4 : 0;
            if (field == 0)
            {
                return "has a field that is none of account, follower, op";
            }

            if ((seen & field) != 0)
            {
                return $"gives {NameOf(field)} twice";
            }

            seen |= field;
            reader.Read();
            var isGood = field switch
            {
                1 => TryReadId(ref reader, out account),
                2 => TryReadId(ref reader, out follower),
                _ => TryReadOp(ref reader, out follows),
            };
            if (!isGood)
            {
                return field == 4
                    ? "op must be follow or unfollow"
                    : $"{NameOf(field)} must be a positive 64-bit integer";
            }
        }

        var missing = ~seen & 7;
        if (missing != 0)
        {
            return $"lacks {NameOf(missing & -missing)}";
        }

        // Text after the object makes this throw or return true.
        return reader.Read() ? "has more behind the object" : null;
    }

    private static bool TryReadId(ref Utf8JsonReader reader, out long id)
    {
        id = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetInt64(out id) && id > 0;
        }

        return reader.TokenType == JsonTokenType.String
            && long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
    }

    private static bool TryReadOp(ref Utf8JsonReader reader, out bool follows)
    {
        var isText = reader.TokenType == JsonTokenType.String;
        follows = isText && (reader.ValueTextEquals("follow"u8) || reader.ValueTextEquals("FOLLOW"u8));
        return follows || (isText && (reader.ValueTextEquals("unfollow"u8) || reader.ValueTextEquals("UNFOLLOW"u8)));
    }

    private static string NameOf(int field) => field switch
    {
        1 => "account",
        2 => "follower",
        _ => "op",
    };
}
