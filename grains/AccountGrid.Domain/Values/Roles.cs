namespace AccountGrid.Domain;

/// <summary>Roles, as tokens and the operator register grant them. The numbers are stored: never renumber.</summary>
[Flags]
public enum Roles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A product service: registers accounts, reads, ingests follows, speaks for owners.</summary>
    Service = 1,

    /// <summary>Support: takes accounts down, brings them back, protects.</summary>
    Support = 2,

    /// <summary>Approver: the second person.</summary>
    Approver = 4,

    /// <summary>Auditor: reads journals and verifies them.</summary>
    Auditor = 8,

    /// <summary>Admin: enrols and offboards operators; has no power over accounts.</summary>
    Admin = 16,

    /// <summary>Every role that a person (not a service) can have.</summary>
    Staff = Support | Approver | Auditor | Admin,
}
