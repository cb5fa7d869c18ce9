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

/// <summary>
/// The time limit of one attempt, by kind of call. A call may take as many attempts as
/// <see cref="AccountGridRetryOptions.MaxAttempts"/> and the pauses between them; what bounds it as a whole is the
/// caller's <see cref="CancellationToken"/>. Each from 1 millisecond to 24 hours.
/// </summary>
public sealed class AccountGridDeadlines
{
    /// <summary>Reads. Default 10 seconds.</summary>
    public TimeSpan Read { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Commands and single follows. Default 10 seconds.</summary>
    public TimeSpan Command { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The undo of what a person did. Default 2 minutes.</summary>
    public TimeSpan Undo { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The verification of the audit. Default 10 minutes.</summary>
    public TimeSpan Verify { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// One stream of an ingest, up to <see cref="FollowersClient.MaxFollowsPerStream"/> follows. Default 2 minutes.
    /// </summary>
    public TimeSpan IngestStream { get; set; } = TimeSpan.FromMinutes(2);

    internal TimeSpan? Of(TimeKind kind) => kind switch
    {
        TimeKind.Command => Command,
        TimeKind.Undo => Undo,
        TimeKind.Verify => Verify,
        TimeKind.IngestStream => IngestStream,
        TimeKind.Watch => null,
        _ => Read,
    };
}

/// <summary>
/// How often and when a call is sent again. Which calls are is not a setting: see the library's README.
/// </summary>
public sealed class AccountGridRetryOptions
{
    /// <summary>How often one call is sent at most; 1 = never again. Default 5; 1 to 100.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>
    /// The pause before the second attempt; it doubles with each further one. Up to a quarter is added at random.
    /// Default 100 milliseconds; 1 millisecond to <see cref="LongestDelay"/>.
    /// </summary>
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The longest pause, also where the server asks for one. A busy server that asks for more is not waited for: the
    /// call fails and says how long. Default 10 seconds; up to 1 hour.
    /// </summary>
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Called before each pause, on the thread of the call; must be quick and not throw. Default: none.
    /// </summary>
    public Action<AccountGridRetry>? OnRetry { get; set; }
}

/// <summary>A call that is about to be sent again, or a watch that is about to be resumed.</summary>
/// <param name="Method">The call, such as <c>accountgrid.v1.AccountService/GetAccount</c>.</param>
/// <param name="Error">What happened; <c>null</c> where a watch ended without an error.</param>
/// <param name="Delay">The pause before the next attempt.</param>
/// <param name="Failures">How many attempts in a row have failed, from 1.</param>
public sealed record AccountGridRetry(string Method, AccountGridException? Error, TimeSpan Delay, int Failures);
