namespace AccountGrid.Domain;

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
