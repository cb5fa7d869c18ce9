using AccountGrid.Application;
using AccountGrid.Cluster;
using AccountGrid.Domain;
using AccountGrid.Telemetry;

namespace AccountGrid.Silo;

/// <summary>
/// Every setting of a silo, bound from the section <see cref="Section"/>; silo/README.md is the reference. <see cref="SettingsReader"/> checks all of them before
/// anything is opened.
/// </summary>
public sealed class SiloSettings
{
    /// <summary>The configuration section; in the environment <c>ACCOUNTGRID__</c>.</summary>
    public const string Section = "AccountGrid";

    /// <summary>The data directory.</summary>
    public string Data { get; set; } = "./accountgrid-data";

    /// <summary>
    /// The PostgreSQL database of a cluster, in Npgsql's form; <c>null</c> or empty = one silo on SQLite in <see cref="Data"/>. A secret: it is in no log and no error.
    /// </summary>
    public string? Postgres { get; set; }

    /// <summary>Where this silo stands among others; only with <see cref="Postgres"/>.</summary>
    public ClusterSettings Cluster { get; set; } = new();

    /// <summary>HTTP/JSON; 0 = any free port.</summary>
    public int HttpPort { get; set; } = 5180;

    /// <summary>gRPC (h2c); 0 = any free port.</summary>
    public int GrpcPort { get; set; } = 5181;

    /// <summary>Silo to silo; 0 = any free port: the others of a cluster find it in the database.</summary>
    public int SiloPort { get; set; }

    /// <summary>
    /// Orleans clients of other processes; 0 = any free port, <c>null</c> = no listener, the default. A program that can connect to it calls grains
    /// in any name, past the tokens.
    /// </summary>
    public int? GatewayPort { get; set; }

    /// <summary>How long a stop may take: draining requests, writing snapshots, the last checkpoint. 1 second to 10 minutes; default 30 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether Orleans' dashboard is served at <c>/dashboard</c> to the role admin. It watches every call, so it costs a little of each.</summary>
    public bool Dashboard { get; set; } = true;

    /// <summary>Checkpoints.</summary>
    public CheckpointSettings Checkpoints { get; set; } = new();

    /// <summary>The numbers behind the rules about accounts.</summary>
    public AccountSettings Accounts { get; set; } = new();

    /// <summary>The numbers behind the rules about operators.</summary>
    public OperatorPolicy Operators { get; set; } = new();

    /// <summary>What is recorded of requests.</summary>
    public TraceSettings Traces { get; set; } = new();

    /// <summary>The bounds of every processor.</summary>
    public ProcessorLimits Limits { get; set; } = new();

    /// <summary>How hard the reconciler may work.</summary>
    public ReconcilerSettings Reconciler { get; set; } = new();
}

/// <summary>Where a silo stands among others.</summary>
public sealed class ClusterSettings
{
    /// <summary>Silos with the same id on the same database are one cluster. 1 to 100 characters; default <c>accountgrid</c>.</summary>
    public string Id { get; set; } = "accountgrid";

    /// <summary>The IP address at which the other silos reach this one, and on which it listens for them. Default 127.0.0.1: all on one machine.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>
    /// After how many missed probes, one a second, a silo is declared dead and its accounts are served elsewhere. 1 to 10; default 3. Fewer are faster after a crash and cost a silo that
    /// is only slow its place: see silo/README.md.
    /// </summary>
    public int MissedProbes { get; set; } = 3;

    /// <summary>
    /// Whether any address but loopback is allowed without <see cref="Tls"/>. Then the network must keep strangers out, because connections between
    /// silos are neither encrypted nor authenticated.
    /// </summary>
    public bool TrustNetwork { get; set; }

    /// <summary>TLS between silos, and on the port for Orleans clients of other processes.</summary>
    public TlsSettings Tls { get; set; } = new();
}

/// <summary>When checkpoints are made and where they go.</summary>
public sealed class CheckpointSettings
{
    /// <summary>The log outside the database; <c>null</c> = <c>checkpoints.jsonl</c> in the data directory. Better on another disk.</summary>
    public string? File { get; set; }

    /// <summary>How often one is made, if anything was appended; one more at every orderly stop. 1 second to 1 day; default 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>PEM files of public keys that signed earlier checkpoints and are trusted still.</summary>
    public IList<string> EarlierKeys { get; } = [];
}

/// <summary><see cref="AccountPolicy"/> in a form that configuration can bind; the same defaults.</summary>
public sealed class AccountSettings
{
    private static readonly AccountPolicy Defaults = new();

    /// <inheritdoc cref="AccountPolicy.ProtectedReach"/>
    public long ProtectedReach { get; set; } = Defaults.ProtectedReach;

    /// <inheritdoc cref="AccountPolicy.ProposalLifetime"/>
    public TimeSpan ProposalLifetime { get; set; } = Defaults.ProposalLifetime;

    /// <inheritdoc cref="AccountPolicy.UnprotectCoolOff"/>
    public TimeSpan UnprotectCoolOff { get; set; } = Defaults.UnprotectCoolOff;

    /// <inheritdoc cref="AccountPolicy.ImpactDrift"/>
    public double ImpactDrift { get; set; } = Defaults.ImpactDrift;

    /// <summary>The reason codes that are accepted; empty = the default ones.</summary>
    public IList<string> Reasons { get; } = [];

    /// <summary>The policy.</summary>
    public AccountPolicy ToPolicy() => new()
    {
        ProtectedReach = ProtectedReach,
        ProposalLifetime = ProposalLifetime,
        UnprotectCoolOff = UnprotectCoolOff,
        ImpactDrift = ImpactDrift,
        Reasons = Reasons.Count > 0 ? [.. Reasons] : Defaults.Reasons,
    };
}
