namespace AccountGrid.Domain;

/// <summary>What sort of actor is behind a journal entry. The numbers are stored and hashed: never renumber.</summary>
public enum ActorKind
{
    /// <summary>A person with a standing: see <see cref="OperatorId"/>.</summary>
    Operator = 1,

    /// <summary>A product service that speaks for the account's owner.</summary>
    Service = 2,

    /// <summary>AccountGrid itself: a suspension's end, a proposal's expiry. Never recorded under a person's name.</summary>
    System = 3,
}

/// <summary>Who did it, as the journal records it.</summary>
/// <param name="Kind">The sort of actor.</param>
/// <param name="Subject">The verified token's subject, or <c>system</c>.</param>
public sealed record Actor(ActorKind Kind, string Subject)
{
    /// <summary>AccountGrid itself.</summary>
    public static Actor System { get; } = new(ActorKind.System, "system");

    /// <summary>A person.</summary>
    public static Actor Operator(OperatorId id) => new(ActorKind.Operator, id.Value);

    /// <summary>A product service.</summary>
    public static Actor Service(string subject) => new(ActorKind.Service, subject);

    /// <summary>The person behind this act, where there is one.</summary>
    public OperatorId? Person => Kind == ActorKind.Operator ? OperatorId.Parse(Subject) : null;

    /// <summary><c>operator:kim</c> and the like.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Subject}";
}

/// <summary>Roles, as tokens and the operator register grant them. The numbers are stored: never renumber.</summary>
[Flags]
public enum Roles
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A product service: registers accounts, reads, ingests follows, speaks for owners.</summary>
    Service = 1,

    /// <summary>Support: takes accounts down, brings them back, protects.</summary>
    Support = 2,

    /// <summary>Approver: the second person.</summary>
    Approver = 4,

    /// <summary>Auditor: reads journals and verifies them.</summary>
    Auditor = 8,

    /// <summary>Admin: enrols and offboards operators; has no power over accounts.</summary>
    Admin = 16,

    /// <summary>Every role that a person (not a service) can have.</summary>
    Staff = Support | Approver | Auditor | Admin,
}

/// <summary>
/// The verified identity behind one call. It is passed as an explicit argument from the gateway that
/// verified it, never through ambient request context, which any caller inside the cluster could set.
/// </summary>
/// <param name="Actor">Who.</param>
/// <param name="Roles">The roles in the verified token. A person's power is these AND those in the register.</param>
public sealed record Caller(Actor Actor, Roles Roles)
{
    /// <summary>AccountGrid itself, for due work.</summary>
    public static Caller System { get; } = new(Actor.System, Roles.None);
}
