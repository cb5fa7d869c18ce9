namespace AccountGrid.Domain;

/// <summary>
/// Since when a person has held each staff role without a break; meaningless for a role that the person has not. The
/// default value of a time means since before anything else in the journals.
/// </summary>
public readonly record struct RoleTimes(
    DateTimeOffset Support, DateTimeOffset Approver, DateTimeOffset Auditor, DateTimeOffset Admin)
{
    /// <summary>Since when one staff role has been held.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not exactly one staff role.</exception>
    public DateTimeOffset Of(Roles role) => role switch
    {
        Roles.Support => Support,
        Roles.Approver => Approver,
        Roles.Auditor => Auditor,
        Roles.Admin => Admin,
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "must be exactly one staff role"),
    };

    /// <summary>These times with another one for each of some staff roles.</summary>
    public RoleTimes With(Roles roles, DateTimeOffset since) => new(
        roles.HasFlag(Roles.Support) ? since : Support,
        roles.HasFlag(Roles.Approver) ? since : Approver,
        roles.HasFlag(Roles.Auditor) ? since : Auditor,
        roles.HasFlag(Roles.Admin) ? since : Admin);
}
