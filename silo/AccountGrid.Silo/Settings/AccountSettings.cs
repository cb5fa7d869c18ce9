using AccountGrid.Domain;

namespace AccountGrid.Silo;

/// <summary><see cref="AccountPolicy"/> in a form that configuration can bind; the same defaults.</summary>
public sealed class AccountSettings
{
    private static readonly AccountPolicy Defaults = new();

    /// <inheritdoc cref="AccountPolicy.ProtectedReach"/>
    public long ProtectedReach { get; set; } = Defaults.ProtectedReach;

    /// <inheritdoc cref="AccountPolicy.ReachCoolOff"/>
    public TimeSpan ReachCoolOff { get; set; } = Defaults.ReachCoolOff;

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
        ReachCoolOff = ReachCoolOff,
        ProposalLifetime = ProposalLifetime,
        UnprotectCoolOff = UnprotectCoolOff,
        ImpactDrift = ImpactDrift,
        Reasons = Reasons.Count > 0 ? [.. Reasons] : Defaults.Reasons,
    };
}
