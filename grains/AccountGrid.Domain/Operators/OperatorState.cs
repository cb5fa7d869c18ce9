namespace AccountGrid.Domain;

/// <summary>
/// Everything that the journal says about one operator; immutable. What the person spent of the budget is derived from
/// the accounts' journals.
/// </summary>
public sealed record OperatorState
{
    /// <summary>The state before the first entry: an unknown person, without authority.</summary>
    public static OperatorState Unknown(OperatorId id) => new() { Id = id };

    /// <summary>The operator.</summary>
    public required OperatorId Id { get; init; }

    /// <summary>The name to show, or empty.</summary>
    public string DisplayName { get; init; } = "";

    /// <summary>The granted roles, staff roles only.</summary>
    public Roles Roles { get; init; }

    /// <summary>The instant at which all authority ends; <c>null</c> = open.</summary>
    public DateTimeOffset? AuthorityEndsAt { get; init; }

    /// <summary>The journal's length; 0 = unknown.</summary>
    public long Version { get; init; }

    /// <summary>Whether an offboarding still has to void what this person left pending.</summary>
    public bool FreezePending { get; init; }

    /// <summary>When the person was first enrolled.</summary>
    public DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Law 2: the standing at an instant. It ends at a known instant, whatever any token says.</summary>
    public Standing StandingAt(DateTimeOffset now, OperatorPolicy policy) =>
        Version == 0 || now >= AuthorityEndsAt ? Standing.Ended
        : AuthorityEndsAt is { } end && now >= end - policy.NoticeWindow ? Standing.Notice
        : Standing.Active;
}
