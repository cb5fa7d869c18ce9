using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Decides whether a verified caller gets as far as a method. The token says who it is and the most it may do; a person's standing and
/// roles are looked up in the register at every call, whatever the token says (law 2). Thread-safe.
/// </summary>
internal sealed class Admission(GrainCalls grains, FirstUse firstUse)
{
    /// <summary>Why not, or <c>null</c>. Completes at once for a service that reads, which is the hot path.</summary>
    public ValueTask<ApiError?> AdmitAsync(CallerIdentity caller, MethodPolicy policy, CancellationToken cancellationToken)
    {
        if (policy.AnyOf != Roles.None && (caller.Roles & policy.AnyOf) == Roles.None)
        {
            return new ValueTask<ApiError?>(ApiError.Of(Refusal.ForbiddenRole(policy.AnyOf)));
        }

        return !caller.IsStaff || (policy.AnyOf == Roles.None && !firstUse.Concerns(caller))
            ? new ValueTask<ApiError?>((ApiError?)null)
            : new ValueTask<ApiError?>(LookUpAsync(caller, policy, cancellationToken));
    }

    private async Task<ApiError?> LookUpAsync(CallerIdentity caller, MethodPolicy policy, CancellationToken cancellationToken)
    {
        if (firstUse.Concerns(caller))
        {
            await firstUse.EnrollAsync(caller, cancellationToken);
        }

        if (policy.AnyOf == Roles.None)
        {
            return null;
        }

        var person = await grains.Operator(caller.Subject).GetAsync(cancellationToken);
        if (person.Standing == Standing.Ended)
        {
            return ApiError.Of(Refusal.AuthorityEnded(OperatorId.Parse(caller.Subject)));
        }

        // The register grants staff roles; that a token speaks for a service is the token issuer's word alone.
        var held = caller.Roles & (person.Roles | Roles.Service);
        return (held & policy.AnyOf) == Roles.None ? ApiError.Of(Refusal.ForbiddenRole(policy.AnyOf)) : null;
    }
}
