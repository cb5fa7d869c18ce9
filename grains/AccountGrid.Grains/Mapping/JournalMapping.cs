using System.Collections.Immutable;
using System.Text;
using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Journal entries and incidents to what auditors get.</summary>
internal static class JournalMapping
{
    public static EntryInfo ToInfo(this JournalEntry entry, long position = 0) => new(
        entry.Stream.Value, entry.Sequence, entry.At, entry.Actor.ToInfo(), entry.Type, entry.TypeVersion,
        Encoding.UTF8.GetString(entry.Payload.Span),
        entry.TraceId, entry.RequestId, entry.Hash, position);

    /// <summary>
    /// A page by sequence, newest first; the key to go on from is the oldest sequence on it, as long as there can be an
    /// older one.
    /// </summary>
    public static EntryPage ToPage(this ImmutableArray<JournalEntry> entries) =>
        new([.. entries.Select(static e => e.ToInfo())],
            entries.IsEmpty || entries[^1].Sequence == 1 ? 0 : entries[^1].Sequence);

    /// <summary>A page by position, newest first; a page that is not full is the last.</summary>
    public static EntryPage ToPageBackwards(this ImmutableArray<CommittedEntry> entries, int max) =>
        new(ToInfos(entries), entries.Length < max ? 0 : entries[^1].Position);

    /// <summary>
    /// A page by position, oldest first; the feed has no end, so there is always a position to resume from.
    /// </summary>
    public static EntryPage ToFeedPage(this ImmutableArray<CommittedEntry> entries, long after) =>
        new(ToInfos(entries), entries.IsEmpty ? after : entries[^1].Position);

    public static IncidentInfo ToInfo(this Incident incident) => new(
        incident.From, incident.Until, incident.Gravest, incident.Reason, incident.PlacedBy.ToInfo(),
        incident.Approvals.IsEmpty ? null : incident.Approvals[0].Value, incident.EndedBy?.ToInfo(), incident.Followers
            ?? -1, incident.ReadsRefused,
        incident.TraceIds, incident.Sequences)
    {
        Approvers = [.. incident.Approvals.Select(static person => person.Value)],
    };

    private static ImmutableArray<EntryInfo> ToInfos(ImmutableArray<CommittedEntry> entries) =>
        [.. entries.Select(static e => e.Entry.ToInfo(e.Position))];
}
