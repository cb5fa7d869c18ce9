namespace AccountGrid.Domain;

/// <summary>What a journal entry of an operator says. A closed hierarchy.</summary>
public abstract record OperatorEvent
{
    private OperatorEvent()
    {
    }

    /// <summary>Roles, name and end of authority are these from now on.</summary>
    public sealed record Enrolled(Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt) : OperatorEvent;

    /// <summary>Authority ends then.</summary>
    public sealed record Offboarded(DateTimeOffset AuthorityEndsAt, string Note) : OperatorEvent;

    /// <summary>Whatever the person had pending is void.</summary>
    public sealed record Frozen : OperatorEvent;

    /// <summary>The person's acts since an instant were undone on so many accounts.</summary>
    public sealed record ActsUndone(DateTimeOffset Since, int Accounts, string Note) : OperatorEvent;

    /// <summary>An attempt to change this record was refused.</summary>
    public sealed record AttemptRefused(string Attempt, RefusalReason Reason, string Message) : OperatorEvent;
}
