using AccountGrid.Domain;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps operators and roles.</summary>
internal static class OperatorMapping
{
    private static readonly (Roles Domain, V1.Role Proto)[] Table =
    [
        (Roles.Support, V1.Role.Support),
        (Roles.Approver, V1.Role.Approver),
        (Roles.Auditor, V1.Role.Auditor),
        (Roles.Admin, V1.Role.Admin),
    ];

    /// <summary>One operator.</summary>
    public static V1.Operator ToProto(OperatorInfo info)
    {
        var result = new V1.Operator
        {
            Id = info.Id,
            DisplayName = info.DisplayName,
            Standing = info.Standing switch
            {
                Standing.Active => V1.Operator.Types.Standing.Active,
                Standing.Notice => V1.Operator.Types.Standing.Notice,
                Standing.Ended => V1.Operator.Types.Standing.Ended,
                _ => throw new ArgumentOutOfRangeException(nameof(info), info.Standing, "Unknown standing."),
            },
            AuthorityEndsAt = TimeMapping.ToProto(info.AuthorityEndsAt),
            Version = info.Version,
            HarmsInWindow = info.HarmsInWindow,
            ReachInWindow = info.ReachInWindow,
        };
        foreach (var (domain, proto) in Table)
        {
            if (info.Roles.HasFlag(domain))
            {
                result.Roles.Add(proto);
            }
        }

        return result;
    }

    /// <summary>The roles of a request.</summary>
    public static Roles FromProto(ref FieldChecks checks, IReadOnlyList<V1.Role> roles)
    {
        var result = Roles.None;
        foreach (var role in roles)
        {
            var known = Array.Find(Table, row => row.Proto == role).Domain;
            if (known == Roles.None)
            {
                checks.Add("roles", "must be some of SUPPORT, APPROVER, AUDITOR, ADMIN");
                return result;
            }

            result |= known;
        }

        if (result == Roles.None)
        {
            checks.Add("roles", "must be some of SUPPORT, APPROVER, AUDITOR, ADMIN");
        }

        return result;
    }
}
