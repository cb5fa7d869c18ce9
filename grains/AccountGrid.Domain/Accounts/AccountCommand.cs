using System.Collections.Immutable;
using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// What can be asked of an account that exists. A closed hierarchy: <see cref="AccountDecider"/> handles every case.
/// </summary>
public abstract record AccountCommand
{
    private AccountCommand()
    {
    }

    /// <summary>The name, for journals, digests and metrics. It is stored: never change it.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Adds the fields that the caller chose to a request's digest, so that a request id with another body is a
    /// conflict. Digests are stored: never change what is added.
    /// </summary>
    internal abstract CanonicalWriter AddTo(CanonicalWriter digest);

    /// <summary>The pending proposal that it is about, for the entry of a refused attempt.</summary>
    internal long? ProposalSequence => this switch
    {
        Approve c => c.Sequence,
        Reject c => c.Sequence,
        Withdraw c => c.Sequence,
        _ => null,
    };

    /// <summary>
    /// Take down, suspend, erase or unprotect: done at once, or kept as a proposal until its second person or its time.
    /// </summary>
    /// <param name="Action">Exactly what.</param>
    /// <param name="DirectOnly">
    /// Refuse with <see cref="RefusalReason.NeedsSecondPerson"/> rather than open a proposal.
    /// </param>
    public sealed record Harm(HarmAction Action, bool DirectOnly) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => AccountDecider.NameOf(Action.Kind);

        internal override CanonicalWriter AddTo(CanonicalWriter digest) =>
            Action.AddTo(digest).Add(DirectOnly ? 1 : 0);
    }

    /// <summary>
    /// Lift holds. Staff lift staff's holds, the owner's service lifts the owner's; neither touches the other's.
    /// </summary>
    /// <param name="Owner">On the owner's behalf.</param>
    /// <param name="Kinds">Which kinds of the caller's side; empty = all of that side.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    /// <param name="ReadsRefused">
    /// Public reads refused since the account went down, as far as memory knows: a lower bound.
    /// </param>
    public sealed record Restore(
        bool Owner, ImmutableArray<HoldKind> Kinds, string Reason, string Note, string Ticket, long ReadsRefused)
        : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => Owner ? "owner_restore" : "restore";

        internal override CanonicalWriter AddTo(CanonicalWriter digest)
        {
            var kinds = (Kinds.IsDefault ? [] : Kinds).Select(k => ((int)k).ToString(CultureInfo.InvariantCulture));
            return digest.Add(string.Join(',', kinds)).Add(Reason).Add(Note).Add(Ticket);
        }
    }

    /// <summary>
    /// Lift every staff hold that one operator placed or approved since an instant, and end the allowance to lose
    /// followers that this operator proposed or approved; or lift every owner's hold that one service placed since
    /// then.
    /// </summary>
    /// <param name="Of">The operator whose acts are undone, or the service's subject.</param>
    /// <param name="Since">From when, inclusive.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="ReadsRefused">As in <see cref="Restore"/>.</param>
    /// <param name="OfAService">Whether <paramref name="Of"/> is a service.</param>
    public sealed record UndoHolds(
        OperatorId Of, DateTimeOffset Since, string Note, long ReadsRefused, bool OfAService = false) : AccountCommand
    {
        /// <summary>The person or the service that <see cref="Of"/> names.</summary>
        public Actor Actor => OfAService ? Actor.Service(Of.Value) : Actor.Operator(Of);

        /// <inheritdoc/>
        public override string Name => "undo";

        internal override CanonicalWriter AddTo(CanonicalWriter digest)
        {
            digest.Add(Of.Value).Add(Since).Add(Note);
            return OfAService ? digest.Add("service") : digest;
        }
    }

    /// <summary>Raise (or renew) the explicit protection.</summary>
    /// <param name="Owner">Who answers for it.</param>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    /// <param name="ReviewAt">
    /// When to look at it again; <c>null</c> = <see cref="Limits.DefaultReview"/> from the instant of deciding.
    /// </param>
    public sealed record Protect(
        OperatorId Owner, string Reason, string Note, string Ticket, DateTimeOffset? ReviewAt) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "protect";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) =>
            digest.Add(Owner.Value).Add(Reason).Add(Note).Add(Ticket).Add(ReviewAt);
    }

    /// <summary>Be the second person.</summary>
    /// <param name="Sequence">The proposal.</param>
    /// <param name="Digest">What the approver saw, if sent: a different one is refused.</param>
    /// <param name="Note">Free text, or empty.</param>
    public sealed record Approve(long Sequence, string? Digest, string Note) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "approve";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Digest).Add(Note);
    }

    /// <summary>Turn a proposal (or a scheduled action) down.</summary>
    public sealed record Reject(long Sequence, string Note) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "reject";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>Take one's own proposal (or scheduled action) back.</summary>
    public sealed record Withdraw(long Sequence, string Note) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "withdraw";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Sequence).Add(Note);
    }

    /// <summary>System: do what is due now (a suspension's end, an expiry, a scheduled action).</summary>
    /// <param name="ReadsRefused">As in <see cref="Restore"/>, for a suspension that ends by itself.</param>
    public sealed record FireDue(long ReadsRefused = 0) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "fire_due";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest;
    }

    /// <summary>System: make an entry of the followers having crossed the threshold of protection.</summary>
    /// <param name="Seen">
    /// The highest count that was seen and may be gone again: an account that had it is protected. 0 = none.
    /// </param>
    public sealed record NoteReach(long Seen = 0) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "note_reach";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Seen);
    }

    /// <summary>End the allowance to lose followers before its time.</summary>
    /// <param name="Reason">The reason code.</param>
    /// <param name="Note">Free text, or empty.</param>
    /// <param name="Ticket">Reference, or empty.</param>
    public sealed record CloseFollowerLoss(string Reason, string Note, string Ticket) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "close_follower_loss";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Reason).Add(Note).Add(Ticket);
    }

    /// <summary>
    /// System: make an entry of the followers that were lost, which reserves those that may be lost next. Does nothing
    /// where the journal's last such entry, or the allowance, is another one than the sender knew.
    /// </summary>
    /// <param name="After">The sequence of the last such entry; 0 = none.</param>
    /// <param name="Allowance">The sequence of the allowance's entry; <c>null</c> where there is none.</param>
    /// <param name="Lost">As in <see cref="AccountEvent.FollowersLost"/>, also the following.</param>
    /// <param name="Reserved">How many more may be lost.</param>
    /// <param name="Limit">The limit.</param>
    /// <param name="Window">The window.</param>
    /// <param name="FromAllowance">How many of the allowance were lost.</param>
    /// <param name="Slices">The losses by twelfths of the window.</param>
    public sealed record NoteLosses(
        long After, long? Allowance, long Lost, long Reserved, long Limit, TimeSpan Window, long FromAllowance,
        ImmutableArray<long> Slices) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "note_losses";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(After).Add(Lost).Add(Reserved);
    }

    /// <summary>
    /// System: make an entry of the followers that the limit on losses is a share of, unless one is young.
    /// </summary>
    public sealed record NoteLossBaseline : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "note_loss_baseline";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest;
    }

    /// <summary>System: make an entry of unfollows that were refused, unless the window has one.</summary>
    public sealed record NoteLossRefused(long Lost, long Limit, TimeSpan Window, long Unfollows) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "note_loss_refused";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Lost).Add(Limit).Add(Unfollows);
    }

    /// <summary>
    /// System, in the name of a refused caller: makes an entry of the attempts that were counted
    /// (<see cref="Situation.Counted"/>), of which this is the last one.
    /// </summary>
    /// <param name="Attempt">The command of the last attempt.</param>
    /// <param name="Refusal">Why it was refused.</param>
    public sealed record SumUpRefusals(string Attempt, Refusal Refusal) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "sum_up_refusals";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest;
    }

    /// <summary>System: void what this person proposed, because the person is being offboarded.</summary>
    public sealed record Freeze(OperatorId Person) : AccountCommand
    {
        /// <inheritdoc/>
        public override string Name => "freeze";

        internal override CanonicalWriter AddTo(CanonicalWriter digest) => digest.Add(Person.Value);
    }
}
