using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// SHA-256 over what was asked and by whom, lower-case hex: tells a retry from a reused request id, and binds an
/// approval to one exact action.
/// </summary>
public static class RequestDigest
{
    /// <summary>The digest of a whole request, without its request id.</summary>
    public static string Of(AccountId account, AccountRequest request)
    {
        var writer = new CanonicalWriter("accountgrid.request.v1").Add(account.Value);
        AddActor(writer, request.Caller.Actor);
        writer.Add(request.ExpectedStateVersion ?? -1).Add(AccountDecider.NameOf(request.Command));
        return (request.Command switch
        {
            AccountCommand.Harm c => AddAction(writer, c.Action).Add(c.DirectOnly ? 1 : 0),
            AccountCommand.Restore c => writer.Add(string.Join(',', c.Kinds.IsDefault ? [] : c.Kinds.Select(Number))).Add(c.Reason).Add(c.Note).Add(c.Ticket),
            AccountCommand.UndoHolds c => writer.Add(c.Of.Value).Add(c.Since).Add(c.Note),
            AccountCommand.Protect c => writer.Add(c.Owner.Value).Add(c.Reason).Add(c.Note).Add(c.Ticket).Add(c.ReviewAt),
            AccountCommand.Approve c => writer.Add(c.Sequence).Add(c.Digest).Add(c.Note),
            AccountCommand.Reject c => writer.Add(c.Sequence).Add(c.Note),
            AccountCommand.Withdraw c => writer.Add(c.Sequence).Add(c.Note),
            AccountCommand.FireDue => writer,
            AccountCommand.Freeze c => writer.Add(c.Person.Value),
            _ => throw new InvalidOperationException($"Unknown command {request.Command.GetType().Name}."),
        }).Sha256Hex();
    }

    /// <summary>The digest of a registration, without its request id.</summary>
    public static string OfRegistration(AccountId account, Actor caller, string handle)
    {
        var writer = new CanonicalWriter("accountgrid.request.v1").Add(account.Value);
        AddActor(writer, caller);
        return writer.Add(-1).Add("register").Add(handle).Sha256Hex();
    }

    /// <summary>The digest that a proposal carries: account, proposer and the exact action.</summary>
    public static string Of(AccountId account, Actor proposer, HarmAction action)
    {
        var writer = new CanonicalWriter("accountgrid.proposal.v1").Add(account.Value);
        AddActor(writer, proposer);
        return AddAction(writer, action).Sha256Hex();
    }

    private static void AddActor(CanonicalWriter writer, Actor actor) => writer.Add((long)actor.Kind).Add(actor.Subject);

    private static CanonicalWriter AddAction(CanonicalWriter writer, HarmAction action) =>
        writer.Add((long)action.Kind).Add(action.Reason).Add(action.Note).Add(action.Ticket).Add(action.Until).Add(action.At);

    private static string Number(HoldKind kind) => ((int)kind).ToString(CultureInfo.InvariantCulture);
}
