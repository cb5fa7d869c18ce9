namespace AccountGrid.Domain;

/// <summary>What sort of actor is behind a journal entry. The numbers are stored and hashed: never renumber.</summary>
public enum ActorKind
{
    /// <summary>A person with a standing: see <see cref="OperatorId"/>.</summary>
    Operator = 1,

    /// <summary>A product service that speaks for the account's owner.</summary>
    Service = 2,

    /// <summary>
    /// AccountGrid itself: a suspension's end, a proposal's expiry. Never recorded under a person's name.
    /// </summary>
    System = 3,
}
