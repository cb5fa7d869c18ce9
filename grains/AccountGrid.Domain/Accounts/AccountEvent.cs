using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>
/// What a journal entry of an account says. A closed hierarchy; who, when, request id and trace are in the entry
/// (<see cref="Recorded{TEvent}"/>), the same for every event.
/// </summary>
public abstract record AccountEvent
{
    private AccountEvent()
    {
    }

    /// <summary>The account exists from now on.</summary>
    public sealed record Registered(string Handle) : AccountEvent;

    /// <summary>The account went (further) down.</summary>
    /// <param name="Action">
    /// What was asked for; only what places a hold: see <see cref="HarmAction.PlacesHold"/>.
    /// </param>
    /// <param name="PlacedBy">On whose initiative; the entry's actor may be the approver or the system.</param>
    /// <param name="ApprovedBy">The second person.</param>
    /// <param name="ProposalSequence">The proposal that it executes.</param>
    /// <param name="Impact">The impact at this instant.</param>
    public sealed record HoldPlaced(
        HarmAction Action, Actor PlacedBy, OperatorId? ApprovedBy, long? ProposalSequence,
        Impact Impact) : AccountEvent;

    /// <summary>One hold is gone.</summary>
    /// <param name="Kind">The kind of the hold.</param>
    /// <param name="Cause">Why it was lifted.</param>
    /// <param name="Reason">The reason code, or empty for the system's act.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    /// <param name="ReadsRefused">Public reads refused since the account went down: a lower bound.</param>
    public sealed record HoldLifted(
        HoldKind Kind, LiftCause Cause, string Reason, string Note, string Ticket, long ReadsRefused) : AccountEvent;

    /// <summary>A running suspension ends later, or no longer by itself.</summary>
    /// <param name="Action">What was asked for, with the new end.</param>
    /// <param name="PlacedBy">On whose initiative; the entry's actor may be the approver.</param>
    /// <param name="ApprovedBy">The second person.</param>
    /// <param name="ProposalSequence">The proposal that it executes.</param>
    /// <param name="Impact">The impact at this instant.</param>
    public sealed record SuspensionProlonged(
        HarmAction Action, Actor PlacedBy, OperatorId? ApprovedBy, long? ProposalSequence,
        Impact Impact) : AccountEvent;

    /// <summary>A running suspension ends earlier.</summary>
    /// <param name="Until">The new end.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    public sealed record SuspensionShortened(
        DateTimeOffset Until, string Reason, string Note, string Ticket) : AccountEvent;

    /// <summary>The account is erased for good.</summary>
    public sealed record Erased(
        HarmAction Action, Actor PlacedBy, OperatorId ApprovedBy, long ProposalSequence, Impact Impact) : AccountEvent;

    /// <summary>The explicit protection was raised or renewed.</summary>
    public sealed record ProtectionRaised(
        OperatorId Owner, string Reason, string Note, string Ticket, DateTimeOffset ReviewAt) : AccountEvent;

    /// <summary>The explicit protection ended, after two people and the cool-off.</summary>
    public sealed record ProtectionLowered(
        HarmAction Action, Actor PlacedBy, OperatorId ApprovedBy, long ProposalSequence, Impact Impact) : AccountEvent;

    /// <summary>
    /// The followers reached the threshold, or came back to it: the account is protected by reach, and stays so.
    /// </summary>
    /// <param name="Followers">The count.</param>
    /// <param name="Threshold">The threshold in force.</param>
    public sealed record ReachProtected(long Followers, long Threshold) : AccountEvent;

    /// <summary>The followers are below the threshold: the protection by reach ends after the cool-off.</summary>
    /// <param name="Followers">The count.</param>
    /// <param name="Threshold">The threshold in force.</param>
    /// <param name="EndsAt">When the cool-off is over.</param>
    public sealed record ReachBelow(long Followers, long Threshold, DateTimeOffset EndsAt) : AccountEvent;

    /// <summary>The protection by reach ended: after the cool-off, or by two people.</summary>
    /// <param name="Followers">The count.</param>
    /// <param name="Threshold">The threshold in force.</param>
    /// <param name="ProposalSequence">The proposal of the two people; <c>null</c> after the cool-off.</param>
    public sealed record ReachUnprotected(long Followers, long Threshold, long? ProposalSequence) : AccountEvent;

    /// <summary>
    /// The followers that a protected account has lost, and how many more it may lose before the next such entry.
    /// </summary>
    /// <param name="Lost">
    /// Followers lost within the window, those that earlier activations may have lost included.
    /// </param>
    /// <param name="Reserved">How many more may be lost before the next such entry.</param>
    /// <param name="Limit">The most that may be lost within the window, without an allowance.</param>
    /// <param name="Window">The window in force.</param>
    /// <param name="FromAllowance">Followers lost beyond the limit, by the allowance in force.</param>
    /// <param name="Slices">
    /// <paramref name="Lost"/> by twelfths of the window, newest first, beginning with the one after the entry's. In it
    /// stands what was reserved when the activation began.
    /// </param>
    public sealed record FollowersLost(
        long Lost, long Reserved, long Limit, TimeSpan Window, long FromAllowance,
        ImmutableArray<long> Slices) : AccountEvent
    {
        /// <inheritdoc/>
        public bool Equals(FollowersLost? other) =>
            other is not null && (Lost, Reserved, Limit, Window, FromAllowance)
                == (other.Lost, other.Reserved, other.Limit, other.Window, other.FromAllowance)
            && Slices.SequenceEqual(other.Slices);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Lost, Reserved, Limit, Window, FromAllowance);
    }

    /// <summary>
    /// The followers of a protected account that its limit on losses is a share of, noted before its followers change,
    /// at most once a day.
    /// </summary>
    /// <param name="Followers">
    /// The followers, or so many of them as the baseline before has grown to (<see cref="LossBaseline.GrowthADay"/>).
    /// </param>
    public sealed record LossBaselineNoted(long Followers) : AccountEvent;

    /// <summary>
    /// Unfollows of a protected account were refused, because it would have lost too many followers. Made at most once
    /// within the window.
    /// </summary>
    /// <param name="Lost">Followers lost within the window.</param>
    /// <param name="Limit">The most that may be lost within it, without an allowance.</param>
    /// <param name="Window">The window in force.</param>
    /// <param name="Unfollows">The unfollows that did not fit.</param>
    public sealed record FollowerLossRefused(
        long Lost, long Limit, TimeSpan Window, long Unfollows) : AccountEvent;

    /// <summary>Two people let a protected account lose more followers than the limit, so many and so long.</summary>
    public sealed record FollowerLossAllowed(
        HarmAction Action, Actor PlacedBy, OperatorId ApprovedBy, long ProposalSequence, Impact Impact) : AccountEvent;

    /// <summary>The allowance ended before its time.</summary>
    /// <param name="Cause">What ended it: a person, or an undo.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    public sealed record FollowerLossClosed(
        LiftCause Cause, string Reason, string Note, string Ticket) : AccountEvent;

    /// <summary>A harmful action waits for its second person.</summary>
    public sealed record ProposalOpened(
        HarmAction Action, string Digest, Impact Shown, DateTimeOffset ExpiresAt) : AccountEvent;

    /// <summary>A proposal got its second person (the entry's actor) and waits for its time.</summary>
    public sealed record ProposalApproved(long Sequence, string Note, DateTimeOffset FiresAt) : AccountEvent;

    /// <summary>A harmful action that needs no second person waits for its time.</summary>
    public sealed record ActionScheduled(
        HarmAction Action, string Digest, Impact Shown, DateTimeOffset FiresAt) : AccountEvent;

    /// <summary>A proposal ended without effect.</summary>
    /// <param name="Sequence">The sequence that opened the proposal.</param>
    /// <param name="State">How it ended.</param>
    /// <param name="Reason">The refusal, where it fired and was refused or is void for a known reason.</param>
    /// <param name="Note">Free text, or why it is void.</param>
    public sealed record ProposalClosed(
        long Sequence, ProposalState State, RefusalReason Reason, string Note) : AccountEvent;

    /// <summary>An attempt was refused.</summary>
    /// <param name="Attempt">The command's name: <c>deactivate</c>, <c>approve</c> ...</param>
    /// <param name="Reason">Why it was refused.</param>
    /// <param name="Message">The sentence that the caller got.</param>
    /// <param name="ProposalSequence">The proposal that it was about, where there was one.</param>
    /// <param name="Field">The request field that the caller was told, where there was one.</param>
    /// <param name="RetryAfter">The delay that the caller was told, where there was one.</param>
    /// <param name="Counted">
    /// The refused attempts of the same caller before this one that have no entry of their own, where there are any.
    /// </param>
    public sealed record AttemptRefused(
        string Attempt, RefusalReason Reason, string Message, long? ProposalSequence, string? Field = null,
        TimeSpan? RetryAfter = null, CountedRefusals? Counted = null) : AccountEvent;
}
