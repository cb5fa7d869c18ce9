namespace AccountGrid.Domain;

/// <summary>Whether an account is up; derived from its holds by precedence, highest first.</summary>
public enum AccountStatus
{
    /// <summary>No hold: up.</summary>
    Active = 1,

    /// <summary>The owner's or the staff's deactivation.</summary>
    Deactivated = 2,

    /// <summary>Suspended by staff, perhaps until an instant.</summary>
    Suspended = 3,

    /// <summary>Erased for good.</summary>
    Erased = 4,
}

/// <summary>The kinds of hold. They are independent: lifting one leaves the others. Numbers are stored.</summary>
public enum HoldKind
{
    /// <summary>The owner took it down; only the owner brings it back.</summary>
    OwnerDeactivation = 1,

    /// <summary>Staff took it down.</summary>
    StaffDeactivation = 2,

    /// <summary>Staff suspended it; may end by itself.</summary>
    Suspension = 3,
}

/// <summary>How well an account is protected.</summary>
public enum Tier
{
    /// <summary>One authorised person may harm it, within a budget.</summary>
    Standard = 1,

    /// <summary>Harm takes two people.</summary>
    Protected = 2,
}

/// <summary>A fact that keeps an account down.</summary>
/// <param name="Kind">Its kind; at most one hold of each kind at a time.</param>
/// <param name="Sequence">The journal sequence that placed it.</param>
/// <param name="PlacedBy">On whose initiative.</param>
/// <param name="ApprovedBy">The second person, where there was one.</param>
/// <param name="At">When it took effect.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Until">When it ends by itself (suspensions only).</param>
public sealed record Hold(
    HoldKind Kind, long Sequence, Actor PlacedBy, OperatorId? ApprovedBy, DateTimeOffset At, string Reason, DateTimeOffset? Until);

/// <summary>An explicit protection, apart from reach. It has an owner and a review date, so that lists do not rot.</summary>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="At">When it was raised.</param>
/// <param name="ReviewAt">When somebody must look at it again; it does not end by itself.</param>
public sealed record Designation(OperatorId Owner, string Reason, DateTimeOffset At, DateTimeOffset ReviewAt);
