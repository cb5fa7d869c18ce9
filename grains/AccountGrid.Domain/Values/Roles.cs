namespace AccountGrid.Domain;

/// <summary>Roles, as tokens and the operator register grant them. The numbers are stored: never renumber.</summary>
[Flags]
public enum Roles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>
    /// A product service that may do all that <see cref="Reader"/>, <see cref="FollowerWriter"/>,
    /// <see cref="Registrar"/> and <see cref="OwnerAgent"/> may. Broad: prefer the narrow ones.
    /// </summary>
    Service = 1,

    /// <summary>Support: takes accounts down, brings them back, protects.</summary>
    Support = 2,

    /// <summary>Approver: the second person.</summary>
    Approver = 4,

    /// <summary>Auditor: reads journals and verifies them.</summary>
    Auditor = 8,

    /// <summary>Admin: enrols and offboards operators; has no power over accounts.</summary>
    Admin = 16,

    /// <summary>A service that reads accounts, as a visitor or in full, and watches events.</summary>
    Reader = 32,

    /// <summary>A service that writes follows.</summary>
    FollowerWriter = 64,

    /// <summary>A service that registers accounts.</summary>
    Registrar = 128,

    /// <summary>A service that speaks for the owners of accounts: the owner's deactivation and restoring.</summary>
    OwnerAgent = 256,

    /// <summary>Every role that a person (not a service) can have.</summary>
    Staff = Support | Approver | Auditor | Admin,

    /// <summary>The roles that let a service read; one of them is enough.</summary>
    MayRead = Service | Reader,

    /// <summary>The roles that let a service write follows; one of them is enough.</summary>
    MayWriteFollowers = Service | FollowerWriter,

    /// <summary>The roles that let a service register accounts; one of them is enough.</summary>
    MayRegister = Service | Registrar,

    /// <summary>The roles that let a service speak for owners; one of them is enough.</summary>
    MayActForOwners = Service | OwnerAgent,

    /// <summary>Every role that a service can have. A token with no other role is a service's.</summary>
    AnyService = Service | Reader | FollowerWriter | Registrar | OwnerAgent,
}
