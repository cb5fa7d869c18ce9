using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>The progress of an ingest.</summary>
/// <param name="Through">
/// The number of the last follow that is settled, from 1: it and all before it are durable or refused.
/// </param>
/// <param name="Answer">
/// The answer to the last stream alone; the lines of its errors count from the beginning of the whole ingest.
/// </param>
/// <param name="Total">The totals of everything so far, with the first 1,000 refused.</param>
public sealed record FollowsAcknowledged(long Through, IngestFollowsResponse Answer, IngestFollowsResponse Total);
