using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <summary>
/// The policy record: the numbers behind the rules, which settings tighten and two admins change. One in the cluster.
/// Key 0. Calls operators' grains, and none calls it.
/// </summary>
[Alias("ag.IPolicyGrain")]
public interface IPolicyGrain : IGrainWithIntegerKey
{
    /// <summary>The record now.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<PolicyInfo> GetAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Changes the record. Takes its turn in a bounded queue. Durable before it answers. Refused while a silo of a
    /// version is a member that cannot read the record.
    /// </summary>
    [AlwaysInterleave, Alias("Execute")]
    Task<PolicyReply> ExecuteAsync(PolicyInput command, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Says what <see cref="ExecuteAsync"/> would answer now; nothing is written. A method of its own, so that
    /// a silo of a version without it fails the call, and carries nothing out.
    /// </summary>
    [AlwaysInterleave, Alias("Validate")]
    Task<PolicyReply> ValidateAsync(PolicyInput command, CallerInfo caller, CancellationToken cancellationToken);

    /// <summary>
    /// Where the settings of the silo that answers differ from what is in force: for a process that is no silo.
    /// </summary>
    [AlwaysInterleave, Alias("Differences")]
    Task<PolicyDifferencesInfo> GetDifferencesAsync(CancellationToken cancellationToken);
}
