namespace AccountGrid.Domain;

/// <summary>What can be asked of an operator's record. A closed hierarchy.</summary>
public abstract record OperatorCommand
{
    private OperatorCommand()
    {
    }

    /// <summary>Admin: enrol, re-enrol, or change roles and the end of authority.</summary>
    public sealed record Enroll(Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt) : OperatorCommand;

    /// <summary>
    /// Admin: authority ends at an instant (now, if it lies in the past), and whatever the person has pending is
    /// voided.
    /// </summary>
    public sealed record Offboard(DateTimeOffset AuthorityEndsAt, string Note) : OperatorCommand;

    /// <summary>
    /// System, only with the development key: a token's subject is enrolled on first use, and gains the roles of later
    /// tokens. Never touches a person whose authority has an end.
    /// </summary>
    public sealed record EnrollOnFirstUse(Roles Roles) : OperatorCommand;

    /// <summary>System: everything that the person had pending is voided.</summary>
    public sealed record ConfirmFrozen : OperatorCommand;

    /// <summary>Support: record that all acts of this person since an instant are being undone.</summary>
    public sealed record RecordUndo(DateTimeOffset Since, int Accounts, string Note) : OperatorCommand;
}
