using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// The verified identity behind a call: made by the gateway, explicit in every method, never ambient.
/// </summary>
/// <param name="Kind">The sort of actor.</param>
/// <param name="Subject">The verified token's subject.</param>
/// <param name="Roles">The roles in the verified token.</param>
/// <param name="TraceParent">
/// The W3C <c>traceparent</c> of the request, so that a journal entry names its trace also where it is not recorded
/// (then Orleans passes none on).
/// </param>
[GenerateSerializer, Immutable, Alias("ag.caller")]
public sealed partial record CallerInfo(
    [property: Id(0)] ActorKind Kind, [property: Id(1)] string Subject, [property: Id(2)] Roles Roles,
    [property: Id(3)] string? TraceParent = null);
