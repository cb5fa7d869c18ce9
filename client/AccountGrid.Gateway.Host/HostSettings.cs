using System.ComponentModel.DataAnnotations;
using AccountGrid.Telemetry;
using Npgsql;

namespace AccountGrid.Gateway.Host;

/// <summary>
/// The settings of a gateway that is a process of its own, from the section <see cref="Section"/>: settings that a silo
/// has too have the same names.
/// </summary>
public sealed class HostSettings : IValidatableObject
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

    /// <summary>How the cluster's silos are connected to.</summary>
    public ClusterConnectionSettings Cluster { get; set; } = new();

    /// <summary>The directory with the silos' development key, where that is in force.</summary>
    public string Data { get; set; } = "./accountgrid-data";

    /// <summary>HTTP/JSON; 0 = any free port.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; } = 5180;

    /// <summary>gRPC (h2c); 0 = any free port.</summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; } = 5181;

    /// <summary>
    /// How long one call to a silo may take. Shorter than a request's limit, so that a call to a silo that stopped
    /// answering can be sent again within it. 100 ms to 30 s; default 3 s.
    /// </summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>What is traced of requests.</summary>
    public TraceSettings Traces { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsConnectionString(Postgres))
        {
            yield return new(
                $"{Section}:{nameof(Postgres)} must be a connection string in Npgsql's form that names a Host.",
                [nameof(Postgres)]);
        }

        if (Schema is not { Length: >= 1 and <= 48 }
            || !Schema.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            yield return new($"{Section}:{nameof(Schema)} must be 1 to 48 characters of a-z 0-9 _.", [nameof(Schema)]);
        }

        if (ClusterId is not { Length: >= 1 and <= 100 })
        {
            yield return new($"{Section}:{nameof(ClusterId)} must have 1 to 100 characters.", [nameof(ClusterId)]);
        }

        if (ResponseTimeout < TimeSpan.FromMilliseconds(100) || ResponseTimeout > TimeSpan.FromSeconds(30))
        {
            yield return new(
                $"{Section}:{nameof(ResponseTimeout)} must be from 100 ms to 30 s; it is {ResponseTimeout}.",
                [nameof(ResponseTimeout)]);
        }

        foreach (var broken in Traces.Validate())
        {
            yield return new($"{Section}:{nameof(Traces)}:{broken}", [nameof(Traces)]);
        }
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
