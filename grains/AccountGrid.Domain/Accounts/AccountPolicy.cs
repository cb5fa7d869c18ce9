using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The tunable numbers behind the rules, each with a default and a range; <see cref="Validate"/> is called when the
/// silo starts.
/// </summary>
public sealed record AccountPolicy
{
    /// <summary>Followers from which an account is protected by reach. Default 1,000,000; at least 1.</summary>
    public long ProtectedReach { get; init; } = 1_000_000;

    /// <summary>
    /// How long the followers must have been below <see cref="ProtectedReach"/> before the protection by reach ends.
    /// Default 30 days; 0 to 366 days.
    /// </summary>
    public TimeSpan ReachCoolOff { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a proposal waits for its second person. Default 15 minutes; 1 second to 7 days.</summary>
    public TimeSpan ProposalLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// How long after its approval a lowered protection takes effect. Default 24 hours; 0 to 30 days.
    /// </summary>
    public TimeSpan UnprotectCoolOff { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How much the followers may have grown between proposal and approval before it is void. Default 0.10; 0 to 10.
    /// </summary>
    public double ImpactDrift { get; init; } = 0.10;

    /// <summary>The reason codes of the wire contract.</summary>
    public static ImmutableHashSet<string> KnownReasons { get; } =
        ["IMPERSONATION", "SPAM", "ABUSE", "COMPROMISED", "LEGAL", "OWNER_REQUEST", "ERROR", "OTHER"];

    /// <summary>
    /// The reason codes that are accepted; at least one. What heals takes <see cref="KnownReasons"/> as well, so that
    /// no setting keeps an account down.
    /// </summary>
    public ImmutableHashSet<string> Reasons { get; init; } = KnownReasons;

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(ProtectedReach, 1, long.MaxValue, nameof(ProtectedReach));
        check.In(ReachCoolOff, TimeSpan.Zero, TimeSpan.FromDays(366), nameof(ReachCoolOff));
        check.In(ProposalLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(ProposalLifetime));
        check.In(UnprotectCoolOff, TimeSpan.Zero, TimeSpan.FromDays(30), nameof(UnprotectCoolOff));
        check.In(ImpactDrift, 0, 10, nameof(ImpactDrift));
        check.That(!Reasons.IsEmpty, nameof(Reasons), "must name at least one code");
        foreach (var reason in Reasons.Order(StringComparer.Ordinal))
        {
            check.That(TextRules.ReasonForm(reason) is null, nameof(Reasons),
                $"{TextRules.ReasonForm(reason)}; '{reason}' is not");
        }

        return check.Broken;
    }
}
