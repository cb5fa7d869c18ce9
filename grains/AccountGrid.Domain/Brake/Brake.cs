namespace AccountGrid.Domain;

/// <summary>
/// The rules of the brake over the whole grid. It counts the harms that one person or service caused alone. When one
/// more would be over a limit it engages, and every harm takes two people until the window has passed or an approver
/// releases it. Harms with a second person neither count nor wait, and what heals is never asked about. Pure.
/// </summary>
public static class Brake
{
    /// <summary>The harm that a decision would cause with one identity alone; <c>null</c> if there is none.</summary>
    public static HarmIntent? LoneHarmOf(AccountId account, Decision decision)
    {
        if (decision is Decision.Accepted { Events: var events })
        {
            foreach (var accountEvent in events)
            {
                if (accountEvent is AccountEvent.HoldPlaced { ApprovedBy: null }
                        or AccountEvent.SuspensionProlonged { ApprovedBy: null }
                    && Budget.ChargeOf(accountEvent) is { } charge)
                {
                    return new(account, charge.Reach);
                }
            }
        }

        return null;
    }

    /// <summary>Charges up to this instant do not count: they left the window, or came before a release.</summary>
    public static DateTimeOffset CountsAfter(BrakeState state, DateTimeOffset now, BrakePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(policy);
        var window = now - policy.Window;
        return state.Release is { } release && release.At > window ? release.At : window;
    }

    /// <summary>
    /// Whether one more harm of <paramref name="more"/> followers fits beside so many of so much reach.
    /// </summary>
    public static bool Fits(int harms, long reach, long more, BrakePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return harms < policy.MaxHarms && (more == 0 || more <= policy.MaxReach - reach);
    }

    /// <summary>How much of each limit is used: 0 = nothing, 1 = all; more where a limit was lowered since.</summary>
    public static (double Actions, double Reach) UseOf(int harms, long reach, BrakePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return ((double)harms / policy.MaxHarms, (double)reach / policy.MaxReach);
    }

    /// <summary>The brake engages beside so many harms of so much reach.</summary>
    public static BrakeEvent.Engaged Engage(int harms, long reach, DateTimeOffset now, BrakePolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new(harms, reach, policy.MaxHarms, policy.MaxReach, now + policy.Window);
    }

    /// <summary>
    /// One approver releases it, who is not in the notice window and has had the role since before it engaged: a person
    /// who is given the role because of the brake does not take part.
    /// </summary>
    /// <param name="state">The brake.</param>
    /// <param name="request">Who asks, and why.</param>
    /// <param name="authority">What the register says of the caller now.</param>
    /// <param name="now">The instant of deciding, UTC, whole microseconds.</param>
    public static BrakeDecision Release(
        BrakeState state, BrakeReleaseRequest request, Authority authority, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(authority);
        if (RequestMemory.AnswerTo(
            state.Requests, request.RequestId, () => RequestDigest.OfRelease(request), request.Caller.Actor,
            _ => authority.Standing) is var (answered, _, _))
        {
            return new(answered, null);
        }

        return CheckRelease(state, request, authority, now) is { } refusal
            ? new(refusal, EntryOf(state, request, refusal, now))
            : new(null, new BrakeEvent.Released(request.Note));
    }

    /// <summary>
    /// An attempt at power is an entry, and with a request id so is a refusal that depends on the state: sent again
    /// once the brake has engaged, it must not release what was not looked at yet.
    /// </summary>
    private static BrakeEvent.AttemptRefused? EntryOf(
        BrakeState state, BrakeReleaseRequest request, Refusal refusal, DateTimeOffset now) =>
        state.RefusedCallers.Takes(request.Caller.Actor, refusal, request.RequestId, now)
            ? new(refusal.Reason, refusal.Message)
            : null;

    private static Refusal? CheckRelease(
        BrakeState state, BrakeReleaseRequest request, Authority authority, DateTimeOffset now) =>
        string.IsNullOrWhiteSpace(request.Note) ? Refusal.Invalid("note", "must say why the brake is released")
        : AccountDecider.CheckNote(request.Note) is { } form ? form
        : request.Caller.Actor.Person != authority.Person ? Refusal.ForbiddenRole(Roles.Approver)
        : AccountDecider.CheckPerson(authority, Roles.Approver, request.Caller.Roles) is { } powerless ? powerless
        : authority.Standing == Standing.Notice ? Refusal.NoticePeriod(authority.Person)
        : state.EngagedAt(now) is not { } engaged ? Refusal.WrongStatus("The brake is not engaged.")
        : authority.HasHeldSince(Roles.Approver, engaged.At) ? null
        : Refusal.RoleYoungerThanBrake(authority.Person);
}
