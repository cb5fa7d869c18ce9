using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>Which entries an auditor asks for. Everything given must hold.</summary>
/// <param name="Stream">Only this stream.</param>
/// <param name="Subject">Only this actor's entries.</param>
/// <param name="Type">Only this event type.</param>
/// <param name="Since">Only entries at or after.</param>
/// <param name="Until">Only entries before.</param>
public sealed record JournalFilter(
    StreamId? Stream = null, string? Subject = null, string? Type = null, DateTimeOffset? Since = null,
    DateTimeOffset? Until = null);
