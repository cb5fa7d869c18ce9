namespace AccountGrid.Grains;

/// <summary>A read that may be refused (unknown account, ended authority) as a value.</summary>
/// <param name="Value">The answer, or <c>null</c>.</param>
/// <param name="Refusal">The refusal, or <c>null</c>.</param>
/// <typeparam name="T">What is read.</typeparam>
[GenerateSerializer, Immutable, Alias("ag.answer`1")]
public sealed record Answer<T>([property: Id(0)] T? Value, [property: Id(1)] RefusalInfo? Refusal)
    where T : class;
