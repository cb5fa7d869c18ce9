using AccountGrid.Domain;

namespace AccountGrid.Telemetry;

/// <summary>
/// What a process records of its requests. The same names in a silo and in a gateway that is a process of its own;
/// silo/TRACES.md is the reference.
/// </summary>
public sealed class TraceSettings
{
    /// <summary>Whether anything is recorded, in memory or for a collector. Default on.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Traces that are kept in memory; half as many more of people's commands, which outlive a flood of others. Default
    /// 1,000; 0 to 100,000, 0 = none.
    /// </summary>
    public int Keep { get; set; } = 1_000;

    /// <summary>
    /// Spans that are kept of one trace; what comes after them is only counted. Default 256; 8 to 10,000.
    /// </summary>
    public int SpansPerTrace { get; set; } = 256;

    /// <summary>What all of it may take in memory, in MiB, by estimate. Default 32; 1 to 1,024.</summary>
    public int MaxMegabytes { get; set; } = 32;

    /// <summary>Commands of people that are recorded per second. Default 250; 0 to 100,000.</summary>
    public int PeoplePerSecond { get; set; } = 250;

    /// <summary>
    /// Commands of services, on the owners' behalf, that are recorded per second. Default 50; 0 to 100,000.
    /// </summary>
    public int ServicesPerSecond { get; set; } = 50;

    /// <summary>
    /// Reads and follows that are recorded per second: where there is no collector only those whose caller's
    /// <c>traceparent</c> asks for it, and commands beyond the other limits whose caller does. Default 10; 0 to
    /// 100,000.
    /// </summary>
    public int OthersPerSecond { get; set; } = 10;

    /// <summary>The broken rules, each beginning with the setting's name.</summary>
    public IReadOnlyList<string> Validate()
    {
        var check = new SettingCheck();
        check.In(Keep, 0, 100_000, nameof(Keep));
        check.In(SpansPerTrace, 8, 10_000, nameof(SpansPerTrace));
        check.In(MaxMegabytes, 1, 1_024, nameof(MaxMegabytes));
        check.In(PeoplePerSecond, 0, 100_000, nameof(PeoplePerSecond));
        check.In(ServicesPerSecond, 0, 100_000, nameof(ServicesPerSecond));
        check.In(OthersPerSecond, 0, 100_000, nameof(OthersPerSecond));
        return check.Broken;
    }
}
