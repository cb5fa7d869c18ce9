using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Telemetry;
using Npgsql;

namespace AccountGrid.Gateway.Host;

/// <summary>
/// The settings of a gateway that is a process of its own, from the section <see cref="Section"/>: settings that a silo
/// has too have the same names.
/// </summary>
public sealed class HostSettings
{
    /// <summary>The configuration section; in the environment <c>ACCOUNTGRID__</c>.</summary>
    public const string Section = "AccountGrid";

    /// <summary>The cluster's database, in Npgsql's form: membership is read there, nothing else. A secret.</summary>
    public string Postgres { get; set; } = "";

    /// <summary>
    /// The store's schema, as the silos have it in <c>Storage:Schema</c>; membership lies in the one beside it.
    /// </summary>
    public string Schema { get; set; } = "accountgrid";

    /// <summary>The cluster's id, as the silos have it in <c>Cluster:Id</c>.</summary>
    public string ClusterId { get; set; } = "accountgrid";

    /// <summary>The settings of the connection to the cluster's silos.</summary>
    public ClusterConnectionSettings Cluster { get; set; } = new();

    /// <summary>The directory with the silos' development key, where that is in force.</summary>
    public string Data { get; set; } = "./accountgrid-data";

    /// <summary>HTTP/JSON; 0 = any free port.</summary>
    public int HttpPort { get; set; } = 5180;

    /// <summary>gRPC (h2c); 0 = any free port.</summary>
    public int GrpcPort { get; set; } = 5181;

    /// <summary>
    /// How long one call to a silo may take. Shorter than a request's limit, so that a call to a silo that stopped
    /// answering can be sent again within it. 100 ms to 30 s; default 3 s.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The settings of tracing.</summary>
    public TraceSettings Traces { get; set; } = new();

    /// <summary>
    /// Every broken rule, each a sentence that begins with the setting's name; empty when all is well.
    /// </summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.That(
            IsConnectionString(Postgres),
            nameof(Postgres),
            "must be a connection string in Npgsql's form that names a Host");
        check.That(
            Schema is { Length: >= 1 and <= 48 }
                && Schema.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'),
            nameof(Schema),
            "must be 1 to 48 characters of a-z 0-9 _");
        check.That(ClusterId is { Length: >= 1 and <= 100 }, nameof(ClusterId), "must have 1 to 100 characters");
        check.In(HttpPort, 0, 65535, nameof(HttpPort));
        check.In(GrpcPort, 0, 65535, nameof(GrpcPort));
        check.In(
            ResponseTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30), nameof(ResponseTimeout));
        return [.. check.Broken, .. Traces.Validate().Select(static broken => $"{nameof(Traces)}:{broken}")];
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return !string.IsNullOrWhiteSpace(new NpgsqlConnectionStringBuilder(text).Host);
        }
        catch (ArgumentException)
        {
            // Npgsql's own message may quote a part of it.
            return false;
        }
    }
}
