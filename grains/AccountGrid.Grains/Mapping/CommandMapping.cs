using System.Diagnostics;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Maps the requests and callers of grain calls to the domain's.</summary>
internal static class CommandMapping
{
    /// <summary>The request, or the refusal of a malformed one: exactly one of the two.</summary>
    public static (AccountRequest? Request, Refusal? Refusal) ToRequest(
        CommandInput command, CallerInfo caller, string? requestId, long? expectedStateVersion)
    {
        if (ToCaller(caller) is not { } verified)
        {
            return (null, InvalidSubject);
        }

        var (mapped, refusal) = command.ToCommand(verified);
        return mapped is null
            ? (null, refusal)
            : (new AccountRequest(mapped, verified, requestId, expectedStateVersion), null);
    }

    /// <summary>The caller, or <c>null</c> where the subject names no operator.</summary>
    public static Caller? ToCaller(this CallerInfo caller) =>
        caller.Kind == ActorKind.Operator && !OperatorId.TryParse(caller.Subject, out _)
            ? null
            : new(new Actor(caller.Kind, caller.Subject), caller.Roles);

    /// <summary>A subject that the gateway should have refused.</summary>
    public static Refusal InvalidSubject { get; } =
        Refusal.Invalid("subject", $"must be 1 to {OperatorId.MaxLength} characters of A-Z a-z 0-9 . _ - @ : | +");

    public static HarmInput ToInput(this HarmAction action) =>
        new(action.Kind, action.Reason, action.Note, action.Ticket, action.Until, action.At)
        {
            Followers = action.Followers,
        };

    /// <summary>
    /// Puts a command into its request's trace, where Orleans does not (it does only where the command is recorded), so
    /// that the journal can name it.
    /// </summary>
    /// <returns>To dispose at the end, or <c>null</c>.</returns>
    public static Activity? ContinueTrace(this CallerInfo caller) =>
        ActivityContext.TryParse(caller.TraceParent, null, isRemote: true, out var request)
            && Activity.Current?.TraceId != request.TraceId
            ? new Activity("command").SetParentId(caller.TraceParent!).Start()
            : null;
}
