namespace AccountGrid.Grains;

/// <summary>One line about a trace, from the spans that were found of it.</summary>
/// <param name="TraceId">The trace.</param>
/// <param name="StartedAt">When its first span began.</param>
/// <param name="Duration">How long the span took that began it.</param>
/// <param name="Name">The request, or what the system did by itself.</param>
/// <param name="Action">The command, such as <c>deactivate</c>, or empty.</param>
/// <param name="Account">The account that it was about, or 0.</param>
/// <param name="Actor">The subject that sent it, or empty.</param>
/// <param name="Outcome"><c>done</c>, <c>pending</c>, <c>refused</c>, <c>unknown</c> ..., or empty.</param>
/// <param name="Refusal">The reason of a refusal, or empty.</param>
/// <param name="IsError">Whether any of its spans failed.</param>
/// <param name="Spans">How many spans are remembered.</param>
[GenerateSerializer, Immutable, Alias("ag.trace-summary")]
public sealed record TraceSummaryInfo(
    [property: Id(0)] string TraceId,
    [property: Id(1)] DateTimeOffset StartedAt,
    [property: Id(2)] TimeSpan Duration,
    [property: Id(3)] string Name,
    [property: Id(4)] string Action,
    [property: Id(5)] long Account,
    [property: Id(6)] string Actor,
    [property: Id(7)] string Outcome,
    [property: Id(8)] string Refusal,
    [property: Id(9)] bool IsError,
    [property: Id(10)] int Spans);
