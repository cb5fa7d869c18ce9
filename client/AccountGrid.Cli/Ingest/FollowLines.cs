using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccountGrid.V1;

namespace AccountGrid.Cli.Ingest;

/// <summary>One line of an NDJSON file of follows: the follow, or the rule that the line breaks.</summary>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Follow">The follow or unfollow; <c>null</c> for a bad line.</param>
/// <param name="Problem">The rule that it breaks; empty for a good line.</param>
internal readonly record struct FollowLine(long Number, Follow? Follow, string Problem);

/// <summary>
/// Reads <c>{"account":"1","follower":"2","op":"follow"}</c>, one per line, in bounded memory for any input.
/// Empty lines count but say nothing. Ids may be strings or numbers.
/// </summary>
internal static class FollowLines
{
    /// <summary>The longest line, in bytes; a longer one is bad and skipped.</summary>
    public const int LongestLine = 512;

    private const byte LineFeed = (byte)'\n';

    /// <summary>The lines from <paramref name="fromLine"/> on.</summary>
    public static async IAsyncEnumerable<FollowLine> ReadAsync(
        Stream input, long fromLine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(
            input, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 4096, leaveOpen: true));
        var batch = new List<FollowLine>();
        var scan = new Scan(fromLine);
        try
        {
            for (var completed = false; !completed;)
            {
                var read = await reader.ReadAsync(cancellationToken);
                completed = read.IsCompleted;
                var consumed = scan.Take(read.Buffer, completed, batch);
                reader.AdvanceTo(consumed, read.Buffer.End);
                foreach (var line in batch)
                {
                    yield return line;
                }

                batch.Clear();
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>Reads one line.</summary>
    public static FollowLine Parse(long number, ReadOnlySequence<byte> line)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            return ParseObject(number, ref json);
        }
        catch (JsonException)
        {
            return new FollowLine(number, null, "is not one JSON object");
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to text that is no UTF-8 or a lone surrogate escape.
            return new FollowLine(number, null, "holds text that is no UTF-8");
        }
    }

    private static FollowLine ParseObject(long number, ref Utf8JsonReader json)
    {
        long? account = null, follower = null;
        var op = Follow.Types.Op.Unspecified;
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return new FollowLine(number, null, "is not one JSON object");
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = json.GetString()!;
            json.Read();
            switch (field)
            {
                case "account" when account is not null:
                case "follower" when follower is not null:
                case "op" when op != Follow.Types.Op.Unspecified:
                    return new FollowLine(number, null, $"gives {field} twice");
                case "account" when Id(ref json) is { } id:
                    account = id;
                    break;
                case "follower" when Id(ref json) is { } id:
                    follower = id;
                    break;
                case "op" when json.TokenType == JsonTokenType.String
                    && (json.ValueTextEquals("follow"u8) || json.ValueTextEquals("FOLLOW"u8)):
                    op = Follow.Types.Op.Follow;
                    break;
                case "op" when json.TokenType == JsonTokenType.String
                    && (json.ValueTextEquals("unfollow"u8) || json.ValueTextEquals("UNFOLLOW"u8)):
                    op = Follow.Types.Op.Unfollow;
                    break;
                case "account" or "follower":
                    return new FollowLine(number, null, $"{field} must be a whole number from 1 to {long.MaxValue}");
                case "op":
                    return new FollowLine(number, null, "op must be follow or unfollow");
                default:
                    return new FollowLine(number, null, "has a field that is none of account, follower, op");
            }
        }

        if (json.Read())
        {
            return new FollowLine(number, null, "is not one JSON object");
        }

        var missing = account is null ? "account"
            : follower is null ? "follower"
            : op == Follow.Types.Op.Unspecified ? "op"
            : null;
        return missing is null
            ? new FollowLine(number, new Follow { Account = account!.Value, Follower = follower!.Value, Op = op }, "")
            : new FollowLine(number, null, $"{missing} is missing");
    }

    private static long? Id(ref Utf8JsonReader json)
    {
        long id;
        var isId = json.TokenType switch
        {
            JsonTokenType.Number => json.TryGetInt64(out id),
            JsonTokenType.String => long.TryParse(
                json.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out id),
            _ => (id = 0) != 0,
        };
        return isId && id > 0 ? id : null;
    }

    /// <summary>
    /// Cuts a stream of bytes into lines; remembers a line that is too long across reads, without keeping it.
    /// </summary>
    private sealed class Scan(long fromLine)
    {
        private long _number = 1;
        private bool _tooLong;

        public SequencePosition Take(ReadOnlySequence<byte> buffer, bool isLast, List<FollowLine> into)
        {
            while (buffer.PositionOf(LineFeed) is { } end)
            {
                Add(buffer.Slice(0, end), into);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (isLast && (buffer.Length > 0 || _tooLong))
            {
                Add(buffer, into);
                return buffer.End;
            }

            if (buffer.Length > LongestLine)
            {
                _tooLong = true;
                return buffer.End;
            }

            return buffer.Start;
        }

        private void Add(ReadOnlySequence<byte> line, List<FollowLine> into)
        {
            var (number, tooLong) = (_number++, _tooLong || line.Length > LongestLine);
            _tooLong = false;
            if (number < fromLine)
            {
                return;
            }

            if (tooLong)
            {
                into.Add(new FollowLine(number, null, $"is longer than {Show.Count(LongestLine)} bytes"));
            }
            else if (!IsBlank(ref line, number))
            {
                into.Add(Parse(number, line));
            }
        }

        // Also drops the byte order mark that some editors put before the first line.
        private static bool IsBlank(ref ReadOnlySequence<byte> line, long number)
        {
            if (number == 1 && line.Length >= 3)
            {
                Span<byte> start = stackalloc byte[3];
                line.Slice(0, 3).CopyTo(start);
                if (start.SequenceEqual("\uFEFF"u8))
                {
                    line = line.Slice(3);
                }
            }

            foreach (var part in line)
            {
                if (part.Span.ContainsAnyExcept(" \t\r"u8))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
