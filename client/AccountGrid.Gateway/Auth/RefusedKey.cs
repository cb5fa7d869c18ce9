namespace AccountGrid.Gateway.Auth;

/// <summary>A key of a key set that verifies no token.</summary>
/// <param name="KeyId">Its <c>kid</c>; empty where it has none.</param>
/// <param name="Rule">The rule that it breaks, as <see cref="KeyRules"/> words it.</param>
/// <param name="IsForEncryption">Whether it is for encryption, so that nothing is wrong with it.</param>
internal sealed record RefusedKey(string KeyId, string Rule, bool IsForEncryption);
