using AccountGrid.Domain;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>Maps operators and roles.</summary>
internal static class OperatorMapping
{
    /// <summary>One operator.</summary>
    public static V1.Operator ToProto(OperatorInfo info)
    {
        var result = new V1.Operator
        {
            Id = info.Id,
            DisplayName = info.DisplayName,
            Standing = Enums.Standings.ToProto(info.Standing),
            AuthorityEndsAt = TimeMapping.ToProto(info.AuthorityEndsAt),
            Version = info.Version,
            HarmsInWindow = info.HarmsInWindow,
            ReachInWindow = info.ReachInWindow,
        };
        result.Roles.Add(Enums.Roles.Pairs.Where(pair => info.Roles.HasFlag(pair.Domain)).Select(pair => pair.Proto));
        return result;
    }

    /// <summary>The roles of a request; at least one.</summary>
    public static Roles FromProto(ref FieldChecks checks, IReadOnlyList<V1.Role> roles)
    {
        var result = Roles.None;
        foreach (var role in roles)
        {
            if (Enums.Roles.FromProto(role) is not { } known)
            {
                result = Roles.None;
                break;
            }

            result |= known;
        }

        if (result == Roles.None)
        {
            checks.Add("roles", $"must be some of {Enums.Roles.Names}");
        }

        return result;
    }
}
