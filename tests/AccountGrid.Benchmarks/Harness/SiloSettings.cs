namespace AccountGrid.Benchmarks.Harness;

/// <summary>
/// The silo's settings that benchmarks change, as environment variables. Everything else is as it comes.
/// </summary>
internal static class SiloSettings
{
    /// <summary>The cluster's database.</summary>
    public const string Postgres = "ACCOUNTGRID__POSTGRES";

    /// <summary>The port for Orleans clients, such as a gateway of its own.</summary>
    public const string GatewayPort = "ACCOUNTGRID__GATEWAYPORT";

    /// <summary>Harmful actions per person and hour.</summary>
    public const string MaxHarms = "ACCOUNTGRID__OPERATORS__MAXHARMS";

    /// <summary>Accounts that one service takes down per hour.</summary>
    public const string ServiceMaxHarms = "ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS";

    /// <summary>Followers of the accounts that one service takes down per hour.</summary>
    public const string ServiceMaxReach = "ACCOUNTGRID__OPERATORS__SERVICEMAXREACH";

    /// <summary>Accounts that all people and services together take down alone per hour.</summary>
    public const string BrakeMaxHarms = "ACCOUNTGRID__BRAKE__MAXHARMS";

    /// <summary>Followers of these accounts per hour.</summary>
    public const string BrakeMaxReach = "ACCOUNTGRID__BRAKE__MAXREACH";

    /// <summary>
    /// These settings and the widest budget of services, and of all together: a benchmark has one service take accounts
    /// down all the time.
    /// </summary>
    public static IReadOnlyDictionary<string, string> ForLoad(IReadOnlyDictionary<string, string>? environment) =>
        new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
        {
            [ServiceMaxHarms] = "100000000",
            [ServiceMaxReach] = "1000000000000000",
            [BrakeMaxHarms] = "1000000000",
            [BrakeMaxReach] = "1000000000000000",
        };

    /// <summary>Followers from which two people are needed.</summary>
    public const string ProtectedReach = "ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH";

    /// <summary>Follows that an ingest stream gathers.</summary>
    public const string IngestBatch = "ACCOUNTGRID__GATEWAY__LIMITS__INGESTBATCH";
}
