using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>Everything that the journal says about one operator; immutable. What the person spent of the budget is derived from the accounts' journals.</summary>
public sealed record OperatorState
{
    /// <summary>Somebody without a single entry: unknown, hence without authority.</summary>
    public static OperatorState Unknown(OperatorId id) => new() { Id = id };

    /// <summary>Who.</summary>
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

/// <summary>The tunable numbers about operators, each with a default and a range; <see cref="Validate"/> is called when the silo starts.</summary>
public sealed record OperatorPolicy
{
    /// <summary>How long before <see cref="OperatorState.AuthorityEndsAt"/> the standing is <see cref="Standing.Notice"/>. Default 14 days; 0 to 366 days.</summary>
    public TimeSpan NoticeWindow { get; init; } = TimeSpan.FromDays(14);

    /// <summary>The rolling window of the budgets. Default 1 hour; 1 second to 7 days.</summary>
    public TimeSpan BudgetWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Harmful actions per person and window. Default 30; 1 to 1,000,000.</summary>
    public int MaxHarms { get; init; } = 30;

    /// <summary>Followers of the accounts that a person harms alone, per window. Default 2,000,000; at least 1. Acts with a second person do not count.</summary>
    public long MaxReach { get; init; } = 2_000_000;

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(NoticeWindow, TimeSpan.Zero, TimeSpan.FromDays(366), nameof(NoticeWindow));
        check.In(BudgetWindow, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(BudgetWindow));
        check.In(MaxHarms, 1, 1_000_000, nameof(MaxHarms));
        check.In(MaxReach, 1, long.MaxValue, nameof(MaxReach));
        return check.Broken;
    }
}

/// <summary>What can be asked of an operator's record. A closed hierarchy.</summary>
public abstract record OperatorCommand
{
    private OperatorCommand()
    {
    }

    /// <summary>Admin: enrol, re-enrol, or change roles and the end of authority.</summary>
    public sealed record Enroll(Roles Roles, string DisplayName, DateTimeOffset? AuthorityEndsAt) : OperatorCommand;

    /// <summary>Admin: authority ends at an instant (now, if it lies in the past), and whatever the person has pending is voided.</summary>
    public sealed record Offboard(DateTimeOffset AuthorityEndsAt, string Note) : OperatorCommand;

    /// <summary>
    /// System, only with the development key: a token's subject is enrolled on first use, and gains the roles of later tokens.
    /// Never touches a person whose authority has an end.
    /// </summary>
    public sealed record EnrollOnFirstUse(Roles Roles) : OperatorCommand;

    /// <summary>System: everything that the person had pending is voided.</summary>
    public sealed record ConfirmFrozen : OperatorCommand;

    /// <summary>Support: record that all acts of this person since an instant are being undone.</summary>
    public sealed record RecordUndo(DateTimeOffset Since, int Accounts, string Note) : OperatorCommand;
}

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

    /// <summary>Somebody tried to change this record and was refused.</summary>
    public sealed record AttemptRefused(string Attempt, RefusalReason Reason, string Message) : OperatorEvent;
}
