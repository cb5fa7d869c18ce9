using System.Collections.Frozen;
using System.Collections.Immutable;
using static AccountGrid.Domain.StricterWhen;

namespace AccountGrid.Domain;

/// <summary>
/// The table of all settings of the policy. A property of one of the three records that is missing here would be left
/// to each silo's settings file: a test compares the table with the records.
/// </summary>
public static class PolicySettings
{
    /// <summary>All of them, in the order in which they are shown.</summary>
    public static ImmutableArray<PolicySetting> All { get; } =
    [
        Of("ProtectedReach", Lower, SettingForm.Number, static p => p.ProtectedReach,
            static (AccountPolicy p, long v) => p with { ProtectedReach = v }),
        Of("ReachCoolOff", Higher, SettingForm.Time, static p => p.ReachCoolOff,
            static (AccountPolicy p, TimeSpan v) => p with { ReachCoolOff = v }),
        Of("ProposalLifetime", Lower, SettingForm.Time, static p => p.ProposalLifetime,
            static (AccountPolicy p, TimeSpan v) => p with { ProposalLifetime = v }),
        Of("UnprotectCoolOff", Higher, SettingForm.Time, static p => p.UnprotectCoolOff,
            static (AccountPolicy p, TimeSpan v) => p with { UnprotectCoolOff = v }),
        Of("ImpactDrift", Lower, SettingForm.Share, static p => p.ImpactDrift,
            static (AccountPolicy p, double v) => p with { ImpactDrift = v }),
        Of("Reasons", Fewer, SettingForm.Codes, static p => p.Reasons,
            static (AccountPolicy p, ImmutableHashSet<string> v) => p with { Reasons = v }),
        Of("NoticeWindow", Higher, SettingForm.Time, static p => p.NoticeWindow,
            static (OperatorPolicy p, TimeSpan v) => p with { NoticeWindow = v }),
        Of("BudgetWindow", Higher, SettingForm.Time, static p => p.BudgetWindow,
            static (OperatorPolicy p, TimeSpan v) => p with { BudgetWindow = v }),
        Of("MaxHarms", Lower, SettingForm.Count, static p => p.MaxHarms,
            static (OperatorPolicy p, int v) => p with { MaxHarms = v }),
        Of("MaxReach", Lower, SettingForm.Number, static p => p.MaxReach,
            static (OperatorPolicy p, long v) => p with { MaxReach = v }),
        Of("ServiceMaxHarms", Lower, SettingForm.Count, static p => p.ServiceMaxHarms,
            static (OperatorPolicy p, int v) => p with { ServiceMaxHarms = v }),
        Of("ServiceMaxReach", Lower, SettingForm.Number, static p => p.ServiceMaxReach,
            static (OperatorPolicy p, long v) => p with { ServiceMaxReach = v }),
        Of("PowerCoolOff", Higher, SettingForm.Time, static p => p.PowerCoolOff,
            static (OperatorPolicy p, TimeSpan v) => p with { PowerCoolOff = v }, alone: "1.00:00:00"),
        Of("PowerProposalLifetime", Lower, SettingForm.Time, static p => p.PowerProposalLifetime,
            static (OperatorPolicy p, TimeSpan v) => p with { PowerProposalLifetime = v }, alone: "01:00:00"),
        Of("MaxLowered", Lower, SettingForm.Count, static p => p.MaxLowered,
            static (OperatorPolicy p, int v) => p with { MaxLowered = v }),
        Of("Window", Higher, SettingForm.Time, static p => p.Window,
            static (BrakePolicy p, TimeSpan v) => p with { Window = v }),
        Of("MaxHarms", Lower, SettingForm.Count, static p => p.MaxHarms,
            static (BrakePolicy p, int v) => p with { MaxHarms = v }),
        Of("MaxReach", Lower, SettingForm.Number, static p => p.MaxReach,
            static (BrakePolicy p, long v) => p with { MaxReach = v }),
        Of("LossShare", Lower, SettingForm.Share, static p => p.LossShare,
            static (BrakePolicy p, double v) => p with { LossShare = v }),
        Of("LossAtLeast", Lower, SettingForm.Number, static p => p.LossAtLeast,
            static (BrakePolicy p, long v) => p with { LossAtLeast = v }),
    ];

    private static readonly FrozenDictionary<string, PolicySetting> ByName =
        All.ToFrozenDictionary(static setting => setting.Name, StringComparer.Ordinal);

    /// <summary>A setting by its name; <c>null</c> where this program has none of that name.</summary>
    public static PolicySetting? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The canonical values of a policy by the settings' names.</summary>
    public static ImmutableSortedDictionary<string, string> ValuesOf(GridPolicy policy) =>
        All.ToImmutableSortedDictionary(
            static setting => setting.Name, setting => setting.ValueOf(policy), StringComparer.Ordinal);

    /// <summary>
    /// A policy with recorded values in place of its own. A name or a value that this program does not know, because a
    /// later version recorded it, is passed over.
    /// </summary>
    public static GridPolicy Apply(GridPolicy policy, IEnumerable<KeyValuePair<string, string>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var (name, value) in values)
        {
            if (Find(name) is { } setting && setting.TryApply(policy, value, out var applied, out _))
            {
                policy = applied;
            }
        }

        return policy;
    }

    private static PolicySetting<T> Of<T>(
        string property, StricterWhen stricter, SettingForm<T> form, Func<AccountPolicy, T> get,
        Func<AccountPolicy, T, AccountPolicy> with) => new(
            nameof(GridPolicy.Accounts), property, stricter, form, p => get(p.Accounts),
            (p, value) => p with { Accounts = with(p.Accounts, value) }, static p => p.Accounts.Validate(), null);

    private static PolicySetting<T> Of<T>(
        string property, StricterWhen stricter, SettingForm<T> form, Func<OperatorPolicy, T> get,
        Func<OperatorPolicy, T, OperatorPolicy> with, string? alone = null) => new(
            nameof(GridPolicy.Operators), property, stricter, form, p => get(p.Operators),
            (p, value) => p with { Operators = with(p.Operators, value) }, static p => p.Operators.Validate(), alone);

    private static PolicySetting<T> Of<T>(
        string property, StricterWhen stricter, SettingForm<T> form, Func<BrakePolicy, T> get,
        Func<BrakePolicy, T, BrakePolicy> with) => new(
            nameof(GridPolicy.Brake), property, stricter, form, p => get(p.Brake),
            (p, value) => p with { Brake = with(p.Brake, value) }, static p => p.Brake.Validate(), null);
}
