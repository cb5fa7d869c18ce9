namespace AccountGrid.Domain;

/// <summary>The harmful actions. Numbers are stored and hashed: never renumber.</summary>
public enum HarmKind
{
    /// <summary>Staff take the account down.</summary>
    Deactivate = 1,

    /// <summary>Staff suspend it, perhaps until an instant.</summary>
    Suspend = 2,

    /// <summary>Staff erase it for good.</summary>
    Erase = 3,

    /// <summary>Staff end its explicit protection, after the cool-off.</summary>
    Unprotect = 4,

    /// <summary>The owner takes it down, through a product service.</summary>
    OwnerDeactivate = 5,

    /// <summary>Staff let a protected account lose more followers than the limit, so many and so long.</summary>
    AllowFollowerLoss = 6,

    /// <summary>Staff move the end of a running suspension: later is a harm, earlier heals.</summary>
    ChangeSuspension = 7,
}
