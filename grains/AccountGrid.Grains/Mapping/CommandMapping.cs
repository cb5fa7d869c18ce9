using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// What callers send to the domain's commands. Checks only what a type of the domain cannot express; the rules are the
/// decider's.
/// </summary>
internal static class CommandMapping
{
    /// <summary>The request, or why it is malformed: exactly one of the two.</summary>
    public static (AccountRequest? Request, Refusal? Refusal) ToRequest(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion)
    {
        if (ToCaller(caller) is not { } verified)
        {
            return (null, InvalidSubject);
        }

        var (mapped, refusal) = ToCommand(command, verified);
        return mapped is null ? (null, refusal) : (new AccountRequest(mapped, verified, requestId, expectedStateVersion), null);
    }

    /// <summary>The caller, or <c>null</c> where the subject names no operator.</summary>
    public static Caller? ToCaller(this CallerInfo caller) =>
        caller.Kind == ActorKind.Operator && !OperatorId.TryParse(caller.Subject, out _) ? null : new(new Actor(caller.Kind, caller.Subject), caller.Roles);

    /// <summary>A subject that the gateway should have refused.</summary>
    public static Refusal InvalidSubject { get; } =
        Refusal.Invalid("subject", $"must be 1 to {OperatorId.MaxLength} characters of A-Z a-z 0-9 . _ - @ : | +");

    public static HarmInput ToInput(this HarmAction action) => new(action.Kind, action.Reason, action.Note, action.Ticket, action.Until, action.At);

    /// <summary>
    /// Puts a command into its request's trace, where Orleans does not (it does only where the command is recorded), so
    /// that the journal can name it.
    /// </summary>
    /// <returns>To dispose at the end, or <c>null</c>.</returns>
    public static Activity? ContinueTrace(this CallerInfo caller) =>
        ActivityContext.TryParse(caller.TraceParent, null, isRemote: true, out var request) && Activity.Current?.TraceId != request.TraceId
            ? new Activity("command").SetParentId(caller.TraceParent!).Start()
            : null;

    private static (AccountCommand? Command, Refusal? Refusal) ToCommand(CommandInput command, Caller caller) => command switch
    {
        CommandInput.Harm c => (new AccountCommand.Harm(ToAction(c.Action), c.DirectOnly), null),
        CommandInput.Restore c => (new AccountCommand.Restore(c.Owner, c.Kinds.IsDefault ? [] : c.Kinds, c.Reason, c.Note, c.Ticket, ReadsRefused: 0), null),
        CommandInput.Undo c => OperatorId.TryParse(c.Operator, out var person)
            ? (new AccountCommand.UndoHolds(person, c.Since, c.Note, ReadsRefused: 0), null)
            : (null, Refusal.Invalid("operator", "must be an operator id")),
        CommandInput.Protect c => ToProtect(c, caller),
        CommandInput.Approve c => (new AccountCommand.Approve(c.Sequence, c.Digest, c.Note), null),
        CommandInput.Reject c => (new AccountCommand.Reject(c.Sequence, c.Note), null),
        CommandInput.Withdraw c => (new AccountCommand.Withdraw(c.Sequence, c.Note), null),
        _ => throw new InvalidOperationException($"Unknown command {command.GetType().Name}."),
    };

    private static (AccountCommand? Command, Refusal? Refusal) ToProtect(CommandInput.Protect command, Caller caller)
    {
        var owner = string.IsNullOrEmpty(command.Owner) ? caller.Actor.Person : OperatorId.TryParse(command.Owner, out var named) ? named : null;
        return owner is { } person
            ? (new AccountCommand.Protect(person, command.Reason, command.Note, command.Ticket, command.ReviewAt), null)
            : (null, Refusal.Invalid("owner", "must be an operator id"));
    }

    private static HarmAction ToAction(HarmInput input) => new(input.Kind, input.Reason, input.Note, input.Ticket, input.Until, input.At);
}
