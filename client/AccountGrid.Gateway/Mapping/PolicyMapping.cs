using System.Collections.Immutable;
using AccountGrid.Domain;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>What is answered to a command on the policy record that was not refused.</summary>
/// <param name="Outcome">What it came to, or would come to.</param>
/// <param name="Policy">The record after it; now, where it was only validated.</param>
/// <param name="Preview">The record as it would be, where it was only validated.</param>
internal readonly record struct PolicyAnswer(V1.Outcome Outcome, V1.Policy Policy, V1.Policy? Preview);

/// <summary>Maps the policy record.</summary>
internal static class PolicyMapping
{
    private static readonly ImmutableSortedDictionary<string, string> Defaults =
        PolicySettings.ValuesOf(GridPolicy.Default);

    /// <summary>The record, its settings in the order of their table.</summary>
    public static V1.Policy ToProto(PolicyInfo info)
    {
        var values = info.Values.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal);
        var result = new V1.Policy
        {
            Version = info.Version,
            Etag = Etag.Format(info.PolicyVersion),
            OpenProposal = info.Proposal is { } proposal ? ToProto(proposal) : null,
        };
        foreach (var setting in PolicySettings.All)
        {
            if (values.Remove(setting.Name, out var value))
            {
                result.Settings.Add(new V1.PolicySetting
                {
                    Name = setting.Name,
                    Value = value,
                    DefaultValue = Defaults[setting.Name],
                    Stricter = Enums.Stricter.ToProto(setting.Stricter),
                });
            }
        }

        // What a later version recorded.
        result.Settings.Add(values.OrderBy(static v => v.Key, StringComparer.Ordinal)
            .Select(static v => new V1.PolicySetting { Name = v.Key, Value = v.Value }));
        return result;
    }

    /// <summary>The answer to a command that was not refused.</summary>
    public static PolicyAnswer ToProto(PolicyReply reply)
    {
        var preview = reply.After is { } after ? ToProto(after) : null;
        if (preview is not null)
        {
            // Another command may get the version, and the proposal's number.
            (preview.Version, preview.Etag) = (0, "");
            if (preview.OpenProposal is { } pending && pending.Sequence != reply.Policy!.Proposal?.Sequence)
            {
                pending.Sequence = 0;
            }
        }

        return new(
            reply.Outcome == Outcome.Pending ? V1.Outcome.Pending : V1.Outcome.Done, ToProto(reply.Policy!), preview);
    }

    /// <summary>How a silo's settings differ.</summary>
    public static V1.DiffPolicyResponse ToProto(PolicyDifferencesInfo info) => new()
    {
        Etag = Etag.Format(info.Version),
        Differences =
        {
            info.Differences.Select(static d => new V1.PolicyDifference
            {
                Name = d.Name,
                PolicyValue = d.InForce,
                SettingsValue = d.Own,
                Weaker = d.IsWeaker,
            }),
        },
    };

    /// <summary>
    /// The values of a request; which settings there are and what they may be is judged by the domain.
    /// </summary>
    public static ImmutableArray<PolicyValueInfo> FromProto(
        ref FieldChecks checks, IReadOnlyCollection<V1.PolicyValue> settings)
    {
        if (settings.Count is 0 or > Limits.PolicyChanges)
        {
            checks.Add("settings", $"must be 1 to {Limits.PolicyChanges}");
        }
        else if (settings.DistinctBy(static s => s.Name, StringComparer.Ordinal).Count() < settings.Count)
        {
            checks.Add("settings", "must name each setting once");
        }

        return [.. settings.Select(static s => new PolicyValueInfo(s.Name, s.Value))];
    }

    private static V1.PolicyProposal ToProto(PolicyProposalInfo info) => new()
    {
        Sequence = info.Sequence,
        State = ProposalMapping.ToProto(info.State),
        Changes =
        {
            info.Changes.Select(static c => new V1.PolicyChange
            {
                Name = c.Name, From = c.From, To = c.To, Weakens = c.Weakens,
            }),
        },
        Weakens = info.Changes.Any(static c => c.Weakens),
        Note = info.Note,
        Digest = info.Digest,
        ProposedBy = info.ProposedBy,
        ProposedAt = TimeMapping.ToProto(info.ProposedAt),
        ApprovedBy = info.ApprovedBy ?? "",
        DueAt = TimeMapping.ToProto(info.DueAt),
    };
}
