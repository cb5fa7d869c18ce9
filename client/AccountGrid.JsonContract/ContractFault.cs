namespace AccountGrid.JsonContract;

/// <summary>Why a request was refused.</summary>
/// <param name="Violations">The fields at fault; at least one.</param>
/// <param name="IsTooLarge">
/// Whether the body is larger than allowed; the one violation then says how large it may be.
/// </param>
/// <param name="IsWrongEncoding">Whether the body is compressed, so that it was not read.</param>
public sealed record ContractFault(
    IReadOnlyList<FieldViolation> Violations, bool IsTooLarge = false, bool IsWrongEncoding = false);
