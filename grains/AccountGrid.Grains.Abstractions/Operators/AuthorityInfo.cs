using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>What a person may do now.</summary>
/// <param name="Standing">The standing at this instant.</param>
/// <param name="Roles">The registered roles.</param>
/// <param name="Budget">Why the intent is over budget.</param>
/// <param name="Reservation">To settle, where an intent was reserved.</param>
[GenerateSerializer, Immutable, Alias("ag.authority")]
public sealed partial record AuthorityInfo(
    [property: Id(0)] Standing Standing, [property: Id(1)] Roles Roles, [property: Id(2)] RefusalInfo? Budget,
    [property: Id(3)] long? Reservation)
{
    /// <summary>Since when each role has been held; before anything else where an older silo answers.</summary>
    [Id(4)]
    public DateTimeOffset SupportSince { get; init; }

    /// <inheritdoc cref="SupportSince"/>
    [Id(5)]
    public DateTimeOffset ApproverSince { get; init; }

    /// <inheritdoc cref="SupportSince"/>
    [Id(6)]
    public DateTimeOffset AuditorSince { get; init; }

    /// <inheritdoc cref="SupportSince"/>
    [Id(7)]
    public DateTimeOffset AdminSince { get; init; }

    /// <summary>The directory's id of the human being, or <c>null</c>.</summary>
    [Id(8)]
    public string? PersonId { get; init; }

    /// <summary>What is left of the budget, where it was asked for without a reservation.</summary>
    [Id(9)]
    public BudgetLeftInfo? Left { get; init; }
}
