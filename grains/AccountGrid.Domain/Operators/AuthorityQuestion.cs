namespace AccountGrid.Domain;

/// <summary>A question that must be answered before a decision: what may this person do, now?</summary>
/// <param name="Person">The person asked about.</param>
/// <param name="Intent">The harm to reserve, where the command may cause one at once.</param>
/// <param name="OfAService">
/// Whether it is asked because a service has the person's subject. The harm is then reserved in the service's budget,
/// which has nothing to do with that of a person of the same subject. Most services have a subject that no person has,
/// so the answer that the register does not know the person may be remembered for a moment.
/// </param>
public sealed record AuthorityQuestion(OperatorId Person, HarmIntent? Intent, bool OfAService = false)
{
    /// <summary>In whose budget the intent is reserved.</summary>
    public Actor Payer => OfAService ? Actor.Service(Person.Value) : Actor.Operator(Person);

    /// <summary>The question about the budget of a service that acts, or whose proposal takes effect.</summary>
    /// <returns>The question; none for an actor that is no service.</returns>
    internal static AuthorityQuestion? About(Actor service, HarmIntent? intent) =>
        service.Kind == ActorKind.Service && OperatorId.TryParse(service.Subject, out var namesake)
            ? new(namesake, intent, OfAService: true)
            : null;
}
