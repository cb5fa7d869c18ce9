using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// The tunable numbers about operators, each with a default and a range; <see cref="Validate"/> is called when the silo
/// starts.
/// </summary>
public sealed record OperatorPolicy
{
    /// <summary>
    /// How long before <see cref="OperatorState.AuthorityEndsAt"/> the standing is <see cref="Standing.Notice"/>.
    /// Default 14 days; 0 to 366 days.
    /// </summary>
    public TimeSpan NoticeWindow { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The rolling window of the budgets. Default 1 hour; 1 second to 7 days.</summary>
    public TimeSpan BudgetWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Harmful actions per person and window. Default 30; 1 to 1,000,000.</summary>
    public int MaxHarms { get; init; } = 30;

    /// <summary>
    /// Followers of the accounts that a person harms alone, per window. Default 2,000,000; at least 1. Acts with a
    /// second person do not count.
    /// </summary>
    public long MaxReach { get; init; } = 2_000_000;

    /// <summary>
    /// Accounts that one service takes down on their owners' behalf, per window. Default 1,000; 1 to 100,000,000. More
    /// than the owners of a large network ask for within an hour, and few enough to be brought back by one undo.
    /// </summary>
    public int ServiceMaxHarms { get; init; } = 1_000;

    /// <summary>
    /// Followers of the accounts that one service takes down, per window. Default 5,000,000 (a thousand accounts of the
    /// usual size and some large ones; or five just below the default of the protection by reach); at least 1. Acts
    /// that a person has approved do not count.
    /// </summary>
    public long ServiceMaxReach { get; init; } = 5_000_000;

    /// <summary>The ceilings of a person's budget, or of a service's.</summary>
    internal (int Harms, long Reach) CeilingsOf(ActorKind kind) =>
        kind == ActorKind.Service ? (ServiceMaxHarms, ServiceMaxReach) : (MaxHarms, MaxReach);

    /// <summary>
    /// How long after its approval a rise of power takes effect. Default 1 hour; 0 to 30 days.
    /// </summary>
    public TimeSpan PowerCoolOff { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a change of power waits for its second admin. Default 1 day; 1 second to 7 days.</summary>
    public TimeSpan PowerProposalLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// People whose power one admin alone may lower per <see cref="BudgetWindow"/>; more needs a second admin. Default
    /// 5; 1 to 10,000.
    /// </summary>
    public int MaxLowered { get; init; } = 5;

    /// <summary>
    /// The subjects of the first admins, at least two different people; they are enrolled at the start where the
    /// register has no admin, and ignored otherwise. Default none: without the development key an empty register
    /// stays empty then.
    /// </summary>
    public IReadOnlyList<string> Founders { get; init; } = [];

    /// <summary>SHA-256 over <see cref="Founders"/>, whatever their order, in lower-case hex.</summary>
    public string FoundersDigest() => Founders.Order(StringComparer.Ordinal).Aggregate(
        new CanonicalWriter("accountgrid.founders.v1"), static (digest, id) => digest.Add(id)).Sha256Hex();

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(NoticeWindow, TimeSpan.Zero, TimeSpan.FromDays(366), nameof(NoticeWindow));
        check.In(BudgetWindow, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(BudgetWindow));
        check.In(MaxHarms, 1, 1_000_000, nameof(MaxHarms));
        check.In(MaxReach, 1, long.MaxValue, nameof(MaxReach));
        check.In(ServiceMaxHarms, 1, 100_000_000, nameof(ServiceMaxHarms));
        check.In(ServiceMaxReach, 1, long.MaxValue, nameof(ServiceMaxReach));
        check.In(PowerCoolOff, TimeSpan.Zero, TimeSpan.FromDays(30), nameof(PowerCoolOff));
        check.In(
            PowerProposalLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(PowerProposalLifetime));
        check.In(MaxLowered, 1, 10_000, nameof(MaxLowered));
        check.That(Founders.Count != 1, nameof(Founders), "must name at least two people, or none");
        foreach (var (i, founder) in Founders.Index())
        {
            check.That(
                OperatorId.TryParse(founder, out var id) && !SamePerson.IsReserved(founder), nameof(Founders),
                $"must be subjects of tokens; '{founder}' is none");
            check.That(
                !Founders.Take(i).Any(other => SamePerson.MayBe(Actor.Service(founder), Actor.Service(other))),
                nameof(Founders), $"must be different people; '{founder}' may be one who is named before");
        }

        return check.Broken;
    }
}
