namespace AccountGrid.Domain;

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
