using AccountGrid.Application;
using AccountGrid.Domain;
using AccountGrid.Telemetry;

namespace AccountGrid.Silo;

/// <summary>
/// Every setting of a silo, bound from the section <see cref="Section"/>; silo/README.md is the reference.
/// <see cref="SettingsReader"/> checks all of them before anything is opened.
/// </summary>
public sealed class SiloSettings
{
    /// <summary>The configuration section; in the environment <c>ACCOUNTGRID__</c>.</summary>
    public const string Section = "AccountGrid";

    /// <summary>The data directory.</summary>
    public string Data { get; set; } = "./accountgrid-data";

    /// <summary>
    /// The PostgreSQL database of a cluster, in Npgsql's form; <c>null</c> or empty = one silo on SQLite in
    /// <see cref="Data"/>. A secret: it is in no log and no error.
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
    /// Orleans clients of other processes; 0 = any free port, <c>null</c> = no listener, the default. A program that
    /// can connect to it calls grains in any name, past the tokens.
    /// </summary>
    public int? GatewayPort { get; set; }

    /// <summary>
    /// How long a stop may take: draining requests, writing snapshots, the last checkpoint. 1 second to 10 minutes;
    /// default 30 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether Orleans' dashboard is served at <c>/dashboard</c> to the role admin. It watches every call, so it costs
    /// a little of each.
    /// </summary>
    public bool Dashboard { get; set; } = true;

    /// <summary>Checkpoints.</summary>
    public CheckpointSettings Checkpoints { get; set; } = new();

    /// <summary>The numbers behind the rules about accounts.</summary>
    public AccountSettings Accounts { get; set; } = new();

    /// <summary>The numbers behind the rules about operators.</summary>
    public OperatorPolicy Operators { get; set; } = new();

    /// <summary>The limits on what all people and services together take down, and on lost followers.</summary>
    public BrakePolicy Brake { get; set; } = new();

    /// <summary>What is recorded of requests.</summary>
    public TraceSettings Traces { get; set; } = new();

    /// <summary>The bounds of every processor.</summary>
    public ProcessorLimits Limits { get; set; } = new();

    /// <summary>How hard the reconciler may work.</summary>
    public ReconcilerSettings Reconciler { get; set; } = new();

    /// <summary>How hard the comparison of index rows and budget marks with the journals may work.</summary>
    public DerivedSettings Derived { get; set; } = new();
}
