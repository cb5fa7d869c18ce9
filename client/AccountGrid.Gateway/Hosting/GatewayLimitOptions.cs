namespace AccountGrid.Gateway;

/// <summary>
/// Limits of size, rate and time. Limits that are part of the wire contract are constants of the domain's
/// <c>Limits</c>.
/// </summary>
public sealed class GatewayLimitOptions
{
    /// <summary>Largest body of a unary call, JSON or protobuf, in bytes. Default 1 MiB; 16 KiB to 16 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest message of a gRPC ingest stream, in bytes. Default 4 MiB; 16 KiB to 64 MiB.</summary>
    public int MaxStreamMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Slowest body that is waited for, in bytes per second, after 5 seconds of grace. Default 240; 0 = any.
    /// </summary>
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>Longest a unary call may take. Default 10 seconds; 100 milliseconds to 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest an undo or a verification may take. Default 10 minutes; 1 second to 1 day.</summary>
    public TimeSpan LongRequestTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Requests per second of one subject, healing ones not counted. Default 500,000, more than one process answers; 0
    /// = unlimited.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 500_000;

    /// <summary>Requests per second of one address without a valid token. Default 500; 0 = unlimited.</summary>
    public int AnonymousRequestsPerSecond { get; set; } = 500;

    /// <summary>Open event and ingest streams at a time, over all subjects. Default 1,000; at least 1.</summary>
    public int MaxStreams { get; set; } = 1000;

    /// <summary>Open event and ingest streams of one subject. Default 100; at least 1.</summary>
    public int MaxStreamsPerSubject { get; set; } = 100;

    /// <summary>
    /// How long an event stream is silent before it sends a heartbeat. Default 15 seconds; 100 milliseconds to 20
    /// seconds.
    /// </summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an NDJSON stream may pause. Default 2 minutes; 1 second to 1 day.</summary>
    public TimeSpan IngestIdle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Follows that an ingest gathers while those before them are being applied; a stream holds two such batches, of 32
    /// bytes per follow. Default 50,000; 1 to 1,000,000.
    /// </summary>
    public int IngestBatch { get; set; } = 50_000;

    /// <summary>
    /// Grain calls that all ingests of this process together keep in flight, one per account at a time: as many as may
    /// share a transaction of the store, and fewer than its queue holds. Default 4,096; 1 to 65,536.
    /// </summary>
    public int IngestCallsInFlight { get; set; } = 4_096;

    /// <summary>Grain calls that one batch read or listing keeps in flight. Default 64; 1 to 1,024.</summary>
    public int GrainCallsInFlight { get; set; } = 64;
}
