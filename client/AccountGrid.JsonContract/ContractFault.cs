namespace AccountGrid.JsonContract;

/// <summary>Why a request was refused.</summary>
/// <param name="Violations">The fields at fault; at least one.</param>
/// <param name="IsTooLarge">
/// Whether the body is larger than allowed; the one violation then says how large it may be.
/// </param>
public sealed record ContractFault(IReadOnlyList<FieldViolation> Violations, bool IsTooLarge = false);
