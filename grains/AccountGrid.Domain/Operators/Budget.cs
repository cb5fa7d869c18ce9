namespace AccountGrid.Domain;

/// <summary>
/// The rules about how much harm one person, or one service, may do within a rolling window. The ceilings are those of
/// the kind of actor.
/// </summary>
public static class Budget
{
    /// <summary>
    /// Whether one more harm of <paramref name="reach"/> fits beside <paramref name="charges"/>; the refusal if not.
    /// </summary>
    public static Refusal? Check(
        IEnumerable<HarmCharge> charges, long reach, DateTimeOffset now, OperatorPolicy policy,
        ActorKind of = ActorKind.Operator)
    {
        var from = now - policy.BudgetWindow;
        var (count, spent) = SumOf(charges, from);
        return Fits(count, spent, reach, policy, of)
            ? null
            : Refuse([.. charges.Where(c => c.At > from).OrderBy(c => c.At)], reach, now, policy, of);
    }

    /// <summary>
    /// Whether one more harm of <paramref name="reach"/> fits beside so many harms of so much reach within the window.
    /// </summary>
    public static bool Fits(int harms, long spent, long reach, OperatorPolicy policy, ActorKind of)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var (most, furthest) = policy.CeilingsOf(of);
        return harms < most && (reach == 0 || spent + reach <= furthest);
    }

    /// <summary>
    /// How much of each ceiling is used within the window: 0 = nothing, 1 = spent; more where a ceiling was lowered
    /// since.
    /// </summary>
    public static (double Actions, double Reach) UseOf(
        IEnumerable<HarmCharge> charges, DateTimeOffset now, OperatorPolicy policy, ActorKind of = ActorKind.Operator)
    {
        var (count, spent) = SumOf(charges, now - policy.BudgetWindow);
        var (most, furthest) = policy.CeilingsOf(of);
        return ((double)count / most, (double)spent / furthest);
    }

    /// <summary>What is left beside so many harms of so much reach within the window; never below 0.</summary>
    public static BudgetLeft LeftOf(int harms, long spent, OperatorPolicy policy, ActorKind of)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var (most, furthest) = policy.CeilingsOf(of);
        return new(Math.Max(most - harms, 0), Math.Max(furthest - spent, 0));
    }

    /// <summary>
    /// One look at each charge, since nearly everything that is asked fits; their order matters only to say when
    /// something will fit again.
    /// </summary>
    private static (int Count, long Reach) SumOf(IEnumerable<HarmCharge> charges, DateTimeOffset from)
    {
        var (count, spent) = (0, 0L);
        foreach (var charge in charges)
        {
            if (charge.At > from)
            {
                count++;
                spent = checked(spent + charge.Reach);
            }
        }

        return (count, spent);
    }

    private static Refusal Refuse(
        HarmCharge[] inWindow, long reach, DateTimeOffset now, OperatorPolicy policy, ActorKind of)
    {
        var (most, furthest) = policy.CeilingsOf(of);
        if (inWindow.Length >= most)
        {
            return Refusal.BudgetExceeded(
                most, policy.BudgetWindow, FreeAt(inWindow[inWindow.Length - most], policy) - now);
        }

        // The earliest instant at which enough of what was spent has left the window; a reach over the whole ceiling
        // never fits alone.
        var spent = inWindow.Sum(c => c.Reach);
        var retryAt = now + policy.BudgetWindow;
        foreach (var charge in inWindow)
        {
            spent -= charge.Reach;
            if (spent + reach <= furthest)
            {
                retryAt = FreeAt(charge, policy);
                break;
            }
        }

        return Refusal.ReachExceeded(furthest, policy.BudgetWindow, retryAt - now, of);
    }

    /// <summary>
    /// The person or the service whose budget an account event is charged to, and how much; <c>null</c> for events that
    /// harm nothing.
    /// </summary>
    public static (Actor By, long Reach)? ChargeOf(AccountEvent accountEvent) => accountEvent switch
    {
        AccountEvent.HoldPlaced e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.SuspensionProlonged e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.Erased e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.ProtectionLowered e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.FollowerLossAllowed e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        _ => null,
    };

    private static (Actor, long)? Charge(Actor placedBy, OperatorId? approvedBy, Impact impact) =>
        placedBy.Kind == ActorKind.System ? null : (placedBy, approvedBy is null ? impact.Followers ?? 0 : 0);

    private static DateTimeOffset FreeAt(HarmCharge charge, OperatorPolicy policy) => charge.At + policy.BudgetWindow;
}
