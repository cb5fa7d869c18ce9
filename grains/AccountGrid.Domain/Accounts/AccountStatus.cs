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
