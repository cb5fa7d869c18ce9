using System.Globalization;
using AccountGrid.Testing;

namespace AccountGrid.Chaos.Running;

/// <summary>The silo as the crash tests start it.</summary>
internal static class SiloSettings
{
    /// <summary>Low thresholds and frequent checkpoints, so that a short run meets all of it.</summary>
    public static SiloProcessOptions For(string dataDirectory, CrashRunOptions options) => new()
    {
        DataDirectory = dataDirectory,
        Launcher = options.Launcher,

        // What is tried is what is shipped, and a run may take hours.
        AsInProduction = true,
        Environment = new Dictionary<string, string>
        {
            ["ACCOUNTGRID__ACCOUNTS__PROTECTEDREACH"] = options.ProtectedReach.ToString(CultureInfo.InvariantCulture),
            ["ACCOUNTGRID__ACCOUNTS__PROPOSALLIFETIME"] = "00:00:08",
            ["ACCOUNTGRID__OPERATORS__MAXHARMS"] = options.MaxHarms.ToString(CultureInfo.InvariantCulture),
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXHARMS"] = "1000000",
            ["ACCOUNTGRID__OPERATORS__SERVICEMAXREACH"] = "1000000000000",
            ["ACCOUNTGRID__BRAKE__MAXHARMS"] = "1000000000",
            ["ACCOUNTGRID__BRAKE__MAXREACH"] = "1000000000000",
            ["ACCOUNTGRID__CHECKPOINTS__INTERVAL"] = "00:00:01",
        },
    };
}
