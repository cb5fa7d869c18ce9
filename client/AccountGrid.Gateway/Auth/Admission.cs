using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Decides whether a verified caller gets as far as a method. The token says who it is and the most it may do; a
/// person's standing and roles are looked up in the register at every call, whatever the token says (law 2).
/// Thread-safe.
/// </summary>
internal sealed class Admission(GrainCalls grains, FirstUse firstUse)
{
    /// <summary>
    /// Decides without a grain call, where that is possible: for a service that reads, which is the hot path, and for a
    /// caller without the role.
    /// </summary>
    /// <param name="caller">The caller.</param>
    /// <param name="policy">The method's policy.</param>
    /// <param name="refused">The refusal; <c>null</c> for none, or while it is not decided.</param>
    /// <returns>Whether it is decided; else <see cref="AuthorizeAsync"/> looks the person up.</returns>
    public bool TryDecide(CallerIdentity caller, MethodPolicy policy, out ApiError? refused)
    {
        refused = policy.AnyOf != Roles.None && (caller.Roles & policy.AnyOf) == Roles.None
            ? ApiError.Of(Refusal.ForbiddenRole(policy.AnyOf))
            : null;
        return refused is not null || !caller.IsStaff
            || (policy.AnyOf == Roles.None && !firstUse.NeedsEnrolment(caller));
    }

    /// <summary>Decides, by a look-up in the register where needed; returns the refusal, or <c>null</c>.</summary>
    public ValueTask<ApiError?> AuthorizeAsync(
        CallerIdentity caller, MethodPolicy policy, CancellationToken cancellationToken) =>
        TryDecide(caller, policy, out var refused)
            ? new ValueTask<ApiError?>(refused)
            : new ValueTask<ApiError?>(LookUpAsync(caller, policy, cancellationToken));

    private async Task<ApiError?> LookUpAsync(
        CallerIdentity caller, MethodPolicy policy, CancellationToken cancellationToken)
    {
        if (firstUse.NeedsEnrolment(caller))
        {
            await firstUse.EnrollAsync(caller, cancellationToken);
        }

        if (policy.AnyOf == Roles.None)
        {
            return null;
        }

        var (standing, roles) = await grains.GetAuthorityAsync(caller.Subject, cancellationToken);
        if (standing == Standing.Ended)
        {
            return ApiError.Of(Refusal.AuthorityEnded(OperatorId.Parse(caller.Subject)));
        }

        // The register grants staff roles; whether a token speaks for a service is decided by its issuer alone. Where
        // staff may call, a token with a staff role calls as staff: a role of a service does not stand in for a staff
        // role that the register does not grant.
        var held = caller.Roles & (roles | Roles.AnyService);
        var needed = (policy.AnyOf & Roles.Staff) != Roles.None ? policy.AnyOf & Roles.Staff : policy.AnyOf;
        return (held & needed) == Roles.None ? ApiError.Of(Refusal.ForbiddenRole(policy.AnyOf)) : null;
    }
}
