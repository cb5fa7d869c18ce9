namespace AccountGrid.Domain;

/// <summary>One harmful action, exactly as asked for.</summary>
/// <param name="Kind">The kind of harm.</param>
/// <param name="Reason">The reason code.</param>
/// <param name="Note">Free text for the journal, or empty.</param>
/// <param name="Ticket">A reference into a ticket system, or empty.</param>
/// <param name="Until">When a suspension, or an allowance to lose followers, ends by itself.</param>
/// <param name="At">When to do it, if later.</param>
/// <param name="Followers">How many more followers may be lost; 0 for every other harm.</param>
public sealed record HarmAction(
    HarmKind Kind, string Reason, string Note, string Ticket, DateTimeOffset? Until = null, DateTimeOffset? At = null,
    long Followers = 0)
{
    /// <summary>The hold that this action places; <c>null</c> where it places none.</summary>
    public HoldKind? PlacesHold => Kind switch
    {
        HarmKind.Deactivate => HoldKind.StaffDeactivation,
        HarmKind.Suspend => HoldKind.Suspension,
        HarmKind.OwnerDeactivate => HoldKind.OwnerDeactivation,
        HarmKind.Erase or HarmKind.Unprotect or HarmKind.AllowFollowerLoss or HarmKind.ChangeSuspension => null,
        _ => throw new InvalidOperationException($"Unknown harm {Kind}."),
    };

    /// <summary>Adds every field to a digest.</summary>
    internal CanonicalWriter AddTo(CanonicalWriter digest)
    {
        digest.Add((long)Kind).Add(Reason).Add(Note).Add(Ticket).Add(Until).Add(At);
        return Kind == HarmKind.AllowFollowerLoss ? digest.Add(Followers) : digest;
    }
}
