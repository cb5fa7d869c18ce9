using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>What can be asked of an account that exists. A closed hierarchy: <see cref="AccountDecider"/> handles every case.</summary>
public abstract record AccountCommand
{
    private AccountCommand()
    {
    }

    /// <summary>
    /// Take down, suspend, erase or unprotect: done at once, or kept as a proposal until its second person or its time.
    /// </summary>
    /// <param name="Action">Exactly what.</param>
    /// <param name="DirectOnly">Refuse with <see cref="RefusalReason.NeedsSecondPerson"/> rather than open a proposal.</param>
    public sealed record Harm(HarmAction Action, bool DirectOnly) : AccountCommand;

    /// <summary>Lift holds. Staff lift staff's holds, the owner's service lifts the owner's; neither touches the other's.</summary>
    /// <param name="Owner">On the owner's behalf.</param>
    /// <param name="Kinds">Which kinds of the caller's side; empty = all of that side.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    /// <param name="ReadsRefused">Public reads refused since the account went down, as far as memory knows: a lower bound.</param>
    public sealed record Restore(bool Owner, ImmutableArray<HoldKind> Kinds, string Reason, string Note, string Ticket, long ReadsRefused)
        : AccountCommand;

    /// <summary>Lift every staff hold that one operator placed or approved since an instant.</summary>
    /// <param name="Of">Whose acts.</param>
    /// <param name="Since">From when, inclusive.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="ReadsRefused">As in <see cref="Restore"/>.</param>
    public sealed record UndoHolds(OperatorId Of, DateTimeOffset Since, string Note, long ReadsRefused) : AccountCommand;

    /// <summary>Raise (or renew) the explicit protection.</summary>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    /// <param name="ReviewAt">When to look at it again; <c>null</c> = <see cref="Limits.DefaultReview"/> from the instant of deciding.</param>
    public sealed record Protect(OperatorId Owner, string Reason, string Note, string Ticket, DateTimeOffset? ReviewAt) : AccountCommand;

    /// <summary>Be the second person.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Digest">What the approver saw, if sent: a different one is refused.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Approve(long Sequence, string? Digest, string Note) : AccountCommand;

    /// <summary>Turn a proposal (or a scheduled action) down.</summary>
    public sealed record Reject(long Sequence, string Note) : AccountCommand;

    /// <summary>Take one's own proposal (or scheduled action) back.</summary>
    public sealed record Withdraw(long Sequence, string Note) : AccountCommand;

    /// <summary>System: do what is due now (a suspension's end, an expiry, a scheduled action).</summary>
    /// <param name="ReadsRefused">As in <see cref="Restore"/>, for a suspension that ends by itself.</param>
    public sealed record FireDue(long ReadsRefused = 0) : AccountCommand;

    /// <summary>System: void whatever this person proposed, because the person is being offboarded.</summary>
    public sealed record Freeze(OperatorId Person) : AccountCommand;
}

/// <summary>A command with everything that came with it.</summary>
/// <param name="Command">What.</param>
/// <param name="Caller">Who, verified.</param>
/// <param name="RequestId">The idempotency key, if sent.</param>
/// <param name="ExpectedStateVersion">The etag, if sent.</param>
public sealed record AccountRequest(AccountCommand Command, Caller Caller, string? RequestId = null, long? ExpectedStateVersion = null);

/// <summary>The tunable numbers behind the rules, each with a default and a range; <see cref="Validate"/> is called when the silo starts.</summary>
public sealed record AccountPolicy
{
    /// <summary>Followers from which an account is protected by reach. Default 1,000,000; at least 1.</summary>
    public long ProtectedReach { get; init; } = 1_000_000;

    /// <summary>How long a proposal waits for its second person. Default 15 minutes; 1 second to 7 days.</summary>
    public TimeSpan ProposalLifetime { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long after its approval a lowered protection takes effect. Default 24 hours; 0 to 30 days.</summary>
    public TimeSpan UnprotectCoolOff { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How much the followers may have grown between proposal and approval before it is void. Default 0.10; 0 to 10.</summary>
    public double ImpactDrift { get; init; } = 0.10;

    /// <summary>The reason codes that are accepted; at least one.</summary>
    public ImmutableHashSet<string> Reasons { get; init; } =
        ["IMPERSONATION", "SPAM", "ABUSE", "COMPROMISED", "LEGAL", "OWNER_REQUEST", "ERROR", "OTHER"];

    /// <summary>Every broken rule, each a sentence that names the setting; empty when all is well.</summary>
    public ImmutableArray<string> Validate()
    {
        var check = new SettingCheck();
        check.In(ProtectedReach, 1, long.MaxValue, nameof(ProtectedReach));
        check.In(ProposalLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), nameof(ProposalLifetime));
        check.In(UnprotectCoolOff, TimeSpan.Zero, TimeSpan.FromDays(30), nameof(UnprotectCoolOff));
        check.In(ImpactDrift, 0, 10, nameof(ImpactDrift));
        check.That(!Reasons.IsEmpty, nameof(Reasons), "must name at least one code");
        foreach (var reason in Reasons.Order(StringComparer.Ordinal))
        {
            check.That(TextRules.ReasonForm(reason) is null, nameof(Reasons), $"{TextRules.ReasonForm(reason)}; '{reason}' is not");
        }

        return check.Broken;
    }
}
