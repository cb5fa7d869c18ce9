namespace AccountGrid.Gateway;

/// <summary>The gateway's settings, by default from the section <c>Gateway</c>. All of it is checked when the host starts.</summary>
public sealed class GatewayOptions
{
    /// <summary>
    /// The IP address on which requests are taken; default 127.0.0.1. Any but a loopback address needs real keys, by <see cref="GatewayAuthOptions.Authority"/> or
    /// <see cref="GatewayAuthOptions.JwksFile"/>, and something before it that ends TLS.
    /// </summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Whose tokens are believed.</summary>
    public GatewayAuthOptions Auth { get; set; } = new();

    /// <summary>How much anybody may send, how fast and for how long.</summary>
    public GatewayLimitOptions Limits { get; set; } = new();

    /// <summary>
    /// With no source of tokens configured, which is right on loopback only, puts a development key in force; whoever has a token by it is enrolled on first use.
    /// </summary>
    /// <param name="file">The key's file.</param>
    public void UseDevelopmentKeyByDefault(string file)
    {
        if (string.IsNullOrEmpty(Auth.Authority) && string.IsNullOrEmpty(Auth.JwksFile) && string.IsNullOrEmpty(Auth.DevelopmentKeyFile))
        {
            Auth.DevelopmentKeyFile = file;
            Auth.EnrollOnFirstUse = true;
        }
    }
}

/// <summary>
/// Whose tokens are believed. Exactly one of <see cref="DevelopmentKeyFile"/>, <see cref="Authority"/> and <see cref="JwksFile"/> is set.
/// </summary>
public sealed class GatewayAuthOptions
{
    /// <summary>
    /// A P-256 private key (PKCS#8, PEM), made with mode 0600 where there is none. Tokens: ES256, issuer <c>accountgrid-dev</c>. Only while every listening
    /// address is loopback; anything else does not start.
    /// </summary>
    public string? DevelopmentKeyFile { get; set; }

    /// <summary>An OpenID provider: keys and issuer come from its discovery document. <c>https</c>, except on loopback.</summary>
    public string? Authority { get; set; }

    /// <summary>A file with a JSON Web Key Set; replaced (by rename) while running, its new keys count within a second. Needs <see cref="Issuer"/>.</summary>
    public string? JwksFile { get; set; }

    /// <summary>The issuer that tokens must name; with <see cref="Authority"/> it comes from the discovery document and this must be absent.</summary>
    public string? Issuer { get; set; }

    /// <summary>The audience that tokens must name. Default <c>accountgrid</c>.</summary>
    public string Audience { get; set; } = "accountgrid";

    /// <summary>Accepted signature algorithms with <see cref="Authority"/> or <see cref="JwksFile"/>; asymmetric only. Default ES256, ES384, RS256, PS256.</summary>
    public IList<string> Algorithms { get; } = [];

    /// <summary>Leeway for clocks that differ, on both ends of a token's life. Default 30 seconds, 0 to 5 minutes.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Enrol a token's subject as an active operator when it is first seen. Only with <see cref="DevelopmentKeyFile"/>. Default off.</summary>
    public bool EnrollOnFirstUse { get; set; }
}

/// <summary>How much, how fast, how long. What is part of the wire contract and not tunable stands in the domain's <c>Limits</c>.</summary>
public sealed class GatewayLimitOptions
{
    /// <summary>Largest body of a unary call, JSON or protobuf, in bytes. Default 1 MiB; 16 KiB to 16 MiB.</summary>
    public int MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest message of a gRPC ingest stream, in bytes. Default 4 MiB; 16 KiB to 64 MiB.</summary>
    public int MaxStreamMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Slowest body that is waited for, in bytes per second, after 5 seconds of grace. Default 240; 0 = any.</summary>
    public int MinBodyBytesPerSecond { get; set; } = 240;

    /// <summary>Longest a unary call may take. Default 10 seconds; 100 milliseconds to 5 minutes.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest an undo or a verification may take. Default 10 minutes; 1 second to 1 day.</summary>
    public TimeSpan LongRequestTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Requests per second of one subject, healing ones not counted. Default 500,000, which no process of today answers; 0 = unlimited.</summary>
    public int RequestsPerSecond { get; set; } = 500_000;

    /// <summary>Requests per second of one address without a valid token. Default 500; 0 = unlimited.</summary>
    public int AnonymousRequestsPerSecond { get; set; } = 500;

    /// <summary>Open event and ingest streams at a time, over all subjects. Default 1,000; at least 1.</summary>
    public int MaxStreams { get; set; } = 1000;

    /// <summary>Open event and ingest streams of one subject. Default 100; at least 1.</summary>
    public int MaxStreamsPerSubject { get; set; } = 100;

    /// <summary>How long a quiet event stream waits before it shows that it is alive. Default 15 seconds; 100 milliseconds to 20 seconds.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long an NDJSON stream may pause. Default 2 minutes; 1 second to 1 day.</summary>
    public TimeSpan IngestIdle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Follows that an ingest gathers while those before them are being applied; a stream holds two such batches, of 32 bytes per follow. Default 50,000; 1 to 1,000,000.
    /// </summary>
    public int IngestBatch { get; set; } = 50_000;

    /// <summary>
    /// Grain calls that all ingests of this process together keep in flight, one per account at a time: as many as may share a transaction of the store, and fewer
    /// than its queue holds. Default 4,096; 1 to 65,536.
    /// </summary>
    public int IngestCallsInFlight { get; set; } = 4_096;

    /// <summary>Grain calls that one batch read or listing keeps in flight. Default 64; 1 to 1,024.</summary>
    public int GrainCallsInFlight { get; set; } = 64;
}
