using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// One line of an export: a JSON object, named by its member <c>line</c>. The file is a header; the entries by stream
/// (ordinally) and sequence; the followers by account and follower; the checkpoints, ascending; and an end that counts
/// them all. It depends on no kind of store.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "line")]
[JsonDerivedType(typeof(Header), "header")]
[JsonDerivedType(typeof(Entry), "entry")]
[JsonDerivedType(typeof(Edges), "followers")]
[JsonDerivedType(typeof(Signed), "checkpoint")]
[JsonDerivedType(typeof(End), "end")]
internal abstract record ExportLine
{
    private ExportLine()
    {
    }

    /// <summary>The first line.</summary>
    internal sealed record Header(int Format, DateTimeOffset At) : ExportLine
    {
        public const int CurrentFormat = 1;
    }

    /// <summary>
    /// A journal entry, with what its hash covers and its place in commit order. The payload is the event's JSON as
    /// text. The MAC is for silos with the key; without it an export is verified all the same.
    /// </summary>
    internal sealed record Entry(
        long Position, string Stream, long Sequence, DateTimeOffset At, Actor Actor, string Type, int TypeVersion,
        string Payload, string Hash,
        string TraceId = "", string? RequestId = null, string? RequestDigest = null,
        string? Mac = null) : ExportLine
    {
        private static readonly UTF8Encoding Strict =
            new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        /// <exception cref="JournalDamagedException">The payload is no text.</exception>
        public static Entry Of(CommittedEntry committed)
        {
            var e = committed.Entry;
            try
            {
                return new(
                    committed.Position, e.Stream.Value, e.Sequence, e.At, e.Actor, e.Type, e.TypeVersion,
                    Strict.GetString(e.Payload.Span),
                    Convert.ToHexStringLower(e.Hash.Span), e.TraceId, e.RequestId, e.RequestDigest,
                    committed.Mac.IsEmpty ? null : Convert.ToHexStringLower(committed.Mac.Span));
            }
            catch (DecoderFallbackException damaged)
            {
                throw new JournalDamagedException($"In {e.Stream}, entry {e.Sequence} holds what is no text.", damaged);
            }
        }

        /// <exception cref="FormatException">The stream, the hash or the MAC is none.</exception>
        public CommittedEntry ToCommitted() => new(Position, new JournalEntry(
            StreamId.TryParse(Stream, out var stream) ? stream : throw new FormatException("stream names no stream"),
            Sequence, At, Actor, Type, TypeVersion, Encoding.UTF8.GetBytes(Payload), TraceId, RequestId, RequestDigest,
            Convert.FromHexString(Hash)))
        {
            Mac = Mac is null ? default : Convert.FromHexString(Mac),
        };
    }

    /// <summary>Some of an account's followers: see <see cref="FollowerPart"/>.</summary>
    internal sealed record Edges(
        long Account, long Count, long Version, DateTimeOffset At, ImmutableArray<long> Ids) : ExportLine
    {
        public static Edges Of(FollowerPart part) =>
            new(part.Account.Value, part.Count.Count, part.Count.Version, part.Count.AsOf, part.Followers);

        /// <exception cref="ArgumentOutOfRangeException">The account is none.</exception>
        public FollowerPart ToPart() => new(new AccountId(Account), new FollowerCount(Count, Version, At), Ids);
    }

    /// <summary>A signed checkpoint, as in the log outside.</summary>
    internal sealed record Signed(CheckpointLine Checkpoint) : ExportLine;

    /// <summary>The last line. The digest is the SHA-256 of every byte before this line, in lower-case hex.</summary>
    internal sealed record End(
        long Streams, long Entries, long Accounts, long Followers, long Checkpoints, string Sha256) : ExportLine;
}

[JsonSerializable(typeof(ExportLine))]
internal sealed partial class ExportContext : JsonSerializerContext;
