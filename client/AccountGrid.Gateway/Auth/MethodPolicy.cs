using AccountGrid.Domain;

namespace AccountGrid.Gateway.Auth;

/// <summary>What the gateway requires of a method's caller before it calls a grain.</summary>
/// <param name="AnyOf">
/// One of these roles is needed. <see cref="Roles.None"/> = any verified caller, because the domain decides and the
/// journal records the refusal.
/// </param>
/// <param name="IsHealing">Whether it heals: then it is never throttled (law 1).</param>
/// <param name="Time">Its time limit.</param>
/// <param name="Kind">Its kind, for tracing.</param>
internal sealed record MethodPolicy(
    Roles AnyOf, bool IsHealing = false, TimeLimit Time = TimeLimit.Unary, RequestKind Kind = RequestKind.Read);
