using System.Collections.Immutable;
using AccountGrid.Domain;
using Mapped = (AccountGrid.Domain.AccountCommand? Command, AccountGrid.Domain.Refusal? Refusal);

namespace AccountGrid.Grains;

/// <summary>
/// The commands that callers may send to an account's grain, and how each becomes a command of the domain. A closed
/// hierarchy. Only what a type of the domain cannot express is checked here; the rules are the decider's.
/// </summary>
[GenerateSerializer, Immutable, Alias("ag.command")]
public abstract record CommandInput
{
    /// <summary>The domain's command, or the refusal of a malformed one: exactly one of the two.</summary>
    /// <param name="caller">The verified caller.</param>
    public abstract Mapped ToCommand(Caller caller);

    /// <summary>A harm: deactivate, suspend, erase, unprotect, or let followers be lost.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.harm")]
    public sealed record Harm([property: Id(0)] HarmInput Action, [property: Id(1)] bool DirectOnly) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) =>
            (new AccountCommand.Harm(Action.ToAction(), DirectOnly), null);
    }

    /// <summary>Lift holds.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.restore")]
    public sealed record Restore(
        [property: Id(0)] bool Owner,
        [property: Id(1)] ImmutableArray<HoldKind> Kinds,
        [property: Id(2)] string Reason,
        [property: Id(3)] string Note,
        [property: Id(4)] string Ticket) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller)
        {
            var kinds = Kinds.IsDefault ? [] : Kinds;
            return (new AccountCommand.Restore(Owner, kinds, Reason, Note, Ticket, ReadsRefused: 0), null);
        }
    }

    /// <summary>Lift the holds that one operator placed or approved.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.undo")]
    public sealed record Undo(
        [property: Id(0)] string Operator,
        [property: Id(1)] DateTimeOffset Since,
        [property: Id(2)] string Note) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) =>
            OperatorId.TryParse(Operator, out var person)
                ? (new AccountCommand.UndoHolds(person, Since, Note, ReadsRefused: 0), null)
                : (null, Refusal.Invalid("operator", "must be an operator id"));
    }

    /// <summary>Lift the owner's holds that one service placed.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.undo-service")]
    public sealed record UndoService(
        [property: Id(0)] string Service,
        [property: Id(1)] DateTimeOffset Since,
        [property: Id(2)] string Note) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) =>
            OperatorId.TryParse(Service, out var service)
                ? (new AccountCommand.UndoHolds(service, Since, Note, ReadsRefused: 0, OfAService: true), null)
                : (null, Refusal.Invalid("service", "must be a service's subject"));
    }

    /// <summary>
    /// Raise or renew the explicit protection; no owner = the caller, no review date = the default one.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("ag.command.protect")]
    public sealed record Protect(
        [property: Id(0)] string? Owner,
        [property: Id(1)] string Reason,
        [property: Id(2)] string Note,
        [property: Id(3)] string Ticket,
        [property: Id(4)] DateTimeOffset? ReviewAt) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller)
        {
            if (caller.Actor.Person is null)
            {
                return (null, Refusal.ForbiddenRole(Roles.Support));
            }

            var owner = string.IsNullOrEmpty(Owner) ? caller.Actor.Person
                : OperatorId.TryParse(Owner, out var named) ? named
                : null;
            return owner is { } person
                ? (new AccountCommand.Protect(person, Reason, Note, Ticket, ReviewAt), null)
                : (null, Refusal.Invalid("owner", "must be an operator id"));
        }
    }

    /// <summary>End the allowance to lose followers.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.close-follower-loss")]
    public sealed record CloseFollowerLoss(
        [property: Id(0)] string Reason,
        [property: Id(1)] string Note,
        [property: Id(2)] string Ticket) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) =>
            (new AccountCommand.CloseFollowerLoss(Reason, Note, Ticket), null);
    }

    /// <summary>Approve a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.approve")]
    public sealed record Approve(
        [property: Id(0)] long Sequence,
        [property: Id(1)] string? Digest,
        [property: Id(2)] string Note) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) => (new AccountCommand.Approve(Sequence, Digest, Note), null);
    }

    /// <summary>Reject a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.reject")]
    public sealed record Reject([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) => (new AccountCommand.Reject(Sequence, Note), null);
    }

    /// <summary>Withdraw a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.withdraw")]
    public sealed record Withdraw([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput
    {
        /// <inheritdoc/>
        public override Mapped ToCommand(Caller caller) => (new AccountCommand.Withdraw(Sequence, Note), null);
    }
}
