namespace AccountGrid.Domain;

/// <summary>The rules about how much harm one person may do within a rolling window.</summary>
public static class Budget
{
    /// <summary>
    /// Whether one more harm of <paramref name="reach"/> fits beside <paramref name="charges"/>; the refusal if not.
    /// </summary>
    public static Refusal? Check(IEnumerable<HarmCharge> charges, long reach, DateTimeOffset now, OperatorPolicy policy)
    {
        var from = now - policy.BudgetWindow;
        return Fits(charges, from, reach, policy)
            ? null
            : Refuse([.. charges.Where(c => c.At > from).OrderBy(c => c.At)], reach, now, policy);
    }

    /// <summary>
    /// How much of each ceiling is used within the window: 0 = nothing, 1 = spent; more where a ceiling was lowered
    /// since.
    /// </summary>
    public static (double Actions, double Reach) UseOf(
        IEnumerable<HarmCharge> charges, DateTimeOffset now, OperatorPolicy policy)
    {
        var from = now - policy.BudgetWindow;
        var (count, spent) = (0, 0d);
        foreach (var charge in charges)
        {
            if (charge.At > from)
            {
                count++;
                spent += charge.Reach;
            }
        }

        return ((double)count / policy.MaxHarms, spent / policy.MaxReach);
    }

    /// <summary>
    /// One look at each charge, since nearly everything that is asked fits; their order matters only to say when
    /// something will fit again.
    /// </summary>
    private static bool Fits(IEnumerable<HarmCharge> charges, DateTimeOffset from, long reach, OperatorPolicy policy)
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

        return count < policy.MaxHarms && (reach == 0 || spent + reach <= policy.MaxReach);
    }

    private static Refusal Refuse(HarmCharge[] inWindow, long reach, DateTimeOffset now, OperatorPolicy policy)
    {
        if (inWindow.Length >= policy.MaxHarms)
        {
            return Refusal.BudgetExceeded(
                policy.MaxHarms, policy.BudgetWindow,
                FreeAt(inWindow[inWindow.Length - policy.MaxHarms], policy) - now);
        }

        // The earliest instant at which enough of what was spent has left the window; a reach over the whole ceiling
        // never fits alone.
        var spent = inWindow.Sum(c => c.Reach);
        var retryAt = now + policy.BudgetWindow;
        foreach (var charge in inWindow)
        {
            spent -= charge.Reach;
            if (spent + reach <= policy.MaxReach)
            {
                retryAt = FreeAt(charge, policy);
                break;
            }
        }

        return Refusal.ReachExceeded(policy.MaxReach, policy.BudgetWindow, retryAt - now);
    }

    /// <summary>
    /// The person whose budget an account event is charged to, and how much; <c>null</c> for events that harm nothing
    /// or are the owner's own act.
    /// </summary>
    public static (OperatorId Person, long Reach)? ChargeOf(AccountEvent accountEvent) => accountEvent switch
    {
        AccountEvent.HoldPlaced e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.Erased e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        AccountEvent.ProtectionLowered e => Charge(e.PlacedBy, e.ApprovedBy, e.Impact),
        _ => null,
    };

    private static (OperatorId, long)? Charge(Actor placedBy, OperatorId? approvedBy, Impact impact) =>
        placedBy.Person is { } person ? (person, approvedBy is null ? impact.Followers ?? 0 : 0) : null;

    private static DateTimeOffset FreeAt(HarmCharge charge, OperatorPolicy policy) => charge.At + policy.BudgetWindow;
}
