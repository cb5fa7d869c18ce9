namespace AccountGrid.Client;

/// <summary>The settings of a client. Read once, when the client is made: changes afterwards have no effect.</summary>
public sealed class AccountGridClientOptions
{
    /// <summary>
    /// The server's gRPC address: <c>http</c> or <c>https</c>, a host and a port, nothing else. Required.
    /// </summary>
    public Uri? Address { get; set; }

    /// <summary>
    /// Where tokens come from; <c>null</c> = calls carry none, which is enough for
    /// <see cref="AccountGridClient.CheckHealthAsync"/> alone.
    /// </summary>
    public IAccountGridTokenProvider? TokenProvider { get; set; }

    /// <summary>
    /// Whether tokens may travel over an <c>http</c> address that is not loopback. Default <c>false</c>: refused. Set
    /// it where something else encrypts, such as a service mesh.
    /// </summary>
    public bool AllowUnencryptedTokens { get; set; }

    /// <summary>The time limits of attempts.</summary>
    public AccountGridDeadlines Deadlines { get; } = new();

    /// <summary>The number of attempts and the pauses between them.</summary>
    public AccountGridRetryOptions Retry { get; } = new();

    /// <summary>
    /// The largest answer that is taken, in bytes. Default 64 MiB, enough for a page of 1,000 journal entries with full
    /// notes; 64 KiB to 1 GiB.
    /// </summary>
    public int MaxReceiveMessageBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The largest message that is sent, in bytes. Default 4 MiB, the server's own limit for a message of an ingest; 64
    /// KiB to 1 GiB.
    /// </summary>
    public int MaxSendMessageBytes { get; set; } = 4 * 1024 * 1024;
}
