namespace AccountGrid.Gateway.Services;

/// <summary>One step of a watch: an event, or a heartbeat.</summary>
/// <param name="Position">Where to resume.</param>
/// <param name="Event">The event; <c>null</c> for a heartbeat.</param>
/// <param name="CompleteAt">
/// A timestamp of the clock: everything committed before it has been sent. Only where progress was asked for and is
/// known.
/// </param>
internal readonly record struct FeedStep(long Position, V1.WatchEventsResponse? Event, long? CompleteAt = null);
