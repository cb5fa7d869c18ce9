namespace AccountGrid.Domain;

/// <summary>What the records of all operators say about a change to one of them.</summary>
/// <param name="Lookalike">
/// Another operator, enrolled or proposed, whose id may stand for the same person (see <see cref="SamePerson"/>), or
/// <c>null</c>.
/// </param>
/// <param name="SoleHolderOf">
/// The roles that only the person concerned can exercise: healing, approving, administering would end with that person.
/// </param>
/// <param name="LoweredByCaller">
/// People, without the one concerned, whose power the caller alone has lowered within the window.
/// </param>
/// <param name="OpenOfCaller">Changes of power on other records that the caller has proposed and that wait.</param>
/// <param name="HasOtherAdmin">Whether the register has an admin who is none of the founders of this digest.</param>
public sealed record RegisterFacts(
    OperatorId? Lookalike, Roles SoleHolderOf, int LoweredByCaller, int OpenOfCaller, bool HasOtherAdmin)
{
    /// <summary>Facts for a command that needs none.</summary>
    public static RegisterFacts NotAsked { get; } = new(null, Roles.None, 0, 0, HasOtherAdmin: true);

    /// <summary>Derives the facts from all records.</summary>
    /// <param name="about">The record that the command changes.</param>
    /// <param name="request">The command and its caller.</param>
    /// <param name="all">Every record, the one concerned included or not.</param>
    /// <param name="now">The instant of deciding.</param>
    /// <param name="policy">The tunable numbers.</param>
    public static RegisterFacts Of(
        OperatorState about, OperatorRequest request, IEnumerable<OperatorState> all, DateTimeOffset now,
        OperatorPolicy policy)
    {
        var caller = request.Caller.Actor;
        var founders = (request.Command as OperatorCommand.EnrollFounder)?.Digest;

        OperatorId? lookalike = null;
        var (held, remaining) = (Able(about, now, policy), Roles.None);
        var (lowered, open, hasOtherAdmin) = (0, 0, false);
        foreach (var other in all)
        {
            if (other.Id == about.Id || (other.PowerVersion == 0 && other.Proposal is null))
            {
                continue;
            }

            if (SamePerson.MayBe(Actor.Operator(about.Id), other.Id))
            {
                lookalike ??= other.Id;
            }
            else if (!SamePerson.IsJoined(about.PersonId, other.PersonId))
            {
                // Only who has no end remains: an admin who gives one person an end for later, and then ends another
                // at once, leaves none.
                remaining |= Able(other, DateTimeOffset.MaxValue, policy);
            }

            lowered += other.LoweredAt > now - policy.BudgetWindow && IsBy(caller, other.LoweredBy) ? 1 : 0;
            open += IsBy(caller, other.Proposal?.ProposedBy) ? 1 : 0;
            hasOtherAdmin |= other.Roles.HasFlag(Roles.Admin)
                && other.StandingAt(now, policy) != Standing.Ended && other.Founders != founders;
        }

        return new(lookalike, held & ~remaining, lowered, open, hasOtherAdmin);
    }

    private static bool IsBy(Actor caller, OperatorId? admin) =>
        admin is { } person && caller.Kind == ActorKind.Operator && SamePerson.MayBe(caller, person);

    /// <summary>
    /// What a person can exercise: healing in any standing but the ended one, approving and administering only outside
    /// the notice window.
    /// </summary>
    private static Roles Able(OperatorState state, DateTimeOffset at, OperatorPolicy policy) =>
        state.StandingAt(at, policy) switch
        {
            Standing.Active => state.Roles & (Roles.Support | Roles.Approver | Roles.Admin),
            Standing.Notice => state.Roles & Roles.Support,
            _ => Roles.None,
        };
}
