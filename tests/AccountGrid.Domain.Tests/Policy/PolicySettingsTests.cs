using System.Reflection;

namespace AccountGrid.Domain.Tests.Policy;

/// <summary>The table of settings: complete, canonical, and it knows which value is the stricter one.</summary>
public sealed class PolicySettingsTests
{
    private static PolicySetting Named(string name) => PolicySettings.Find(name)!;

    /// <summary>Settings of the records that are no part of the policy.</summary>
    private static readonly string[] NoPart = ["Operators:Founders"];

    [Fact]
    public void The_table_has_every_property_of_the_records()
    {
        var properties =
            from section in typeof(GridPolicy).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            from property in section.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            where property.CanWrite
            select $"{section.Name}:{property.Name}";
        Assert.Equal(
            properties.Except(NoPart).Order(StringComparer.Ordinal),
            PolicySettings.All.Select(static s => s.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_setting_reads_the_property_that_it_writes_and_no_other_one()
    {
        var before = PolicySettings.ValuesOf(GridPolicy.Default);
        foreach (var setting in PolicySettings.All)
        {
            var other = OtherValueOf(setting);
            Assert.True(setting.TryApply(GridPolicy.Default, other, out var applied, out _));
            Assert.Equal(before.SetItem(setting.Name, other), PolicySettings.ValuesOf(applied));
            var property = applied.GetType().GetProperty(setting.Name.Split(':')[0])!.GetValue(applied)!;
            Assert.NotEqual(
                Defaults(setting.Name), property.GetType().GetProperty(setting.Name.Split(':')[1])!.GetValue(property));
        }
    }

    [Fact]
    public void Values_that_were_written_are_read_again() => Assert.Equal(
        PolicySettings.ValuesOf(GridPolicy.Default),
        PolicySettings.ValuesOf(PolicySettings.Apply(
            new(new AccountPolicy { ProtectedReach = 1, Reasons = ["X"] }, new OperatorPolicy { MaxLowered = 1 },
                new BrakePolicy { LossShare = 1 }),
            PolicySettings.ValuesOf(GridPolicy.Default))));

    [Fact]
    public void Canonical_values_do_not_depend_on_the_form_or_the_place()
    {
        Assert.True(
            Named("Accounts:Reasons").TryApply(GridPolicy.Default, " SPAM, ABUSE,SPAM ", out var applied, out _));
        Assert.Equal("ABUSE,SPAM", Named("Accounts:Reasons").ValueOf(applied));
        Assert.True(Named("Accounts:ImpactDrift").TryApply(GridPolicy.Default, "0.50", out applied, out _));
        Assert.Equal("0.5", Named("Accounts:ImpactDrift").ValueOf(applied));
        Assert.Equal("30.00:00:00", Named("Accounts:ReachCoolOff").ValueOf(applied));
        Assert.Equal("1000000", Named("Accounts:ProtectedReach").ValueOf(applied));
    }

    [Theory]
    [InlineData("Accounts:ProtectedReach", "0", "must be from 1 to 9223372036854775807; it is 0")]
    [InlineData("Accounts:ProtectedReach", "many", "must be a whole number")]
    [InlineData("Accounts:ProtectedReach", "", "must be a whole number")]
    [InlineData("Accounts:UnprotectCoolOff", "-00:00:01", "must be from 00:00:00 to 30.00:00:00; it is -00:00:01")]
    [InlineData("Accounts:UnprotectCoolOff", "1h", "must be a time such as 1.12:00:00 (a day and twelve hours)")]
    [InlineData("Accounts:ImpactDrift", "NaN", "must be from 0 to 10; it is NaN")]
    [InlineData("Accounts:ImpactDrift", "a lot", "must be a number such as 0.1")]
    [InlineData("Accounts:Reasons", " , ", "must name at least one code")]
    [InlineData(
        "Accounts:Reasons", "spam",
        "must be 1 to 32 characters of A-Z 0-9 _ beginning with a letter; 'spam' is not")]
    [InlineData("Operators:MaxHarms", "99999999999", "must be a whole number")]
    [InlineData("Brake:LossShare", "1.5", "must be from 0 to 1; it is 1.5")]
    public void What_is_no_value_is_refused_with_the_rule(string name, string text, string rule)
    {
        Assert.False(Named(name).TryApply(GridPolicy.Default, text, out var applied, out var broken));
        Assert.Equal((rule, GridPolicy.Default), (broken, applied));
        Assert.Equal("1", Named(name).Tighter("1", text));
    }

    [Theory]
    [InlineData("Accounts:ProtectedReach", "1000", "2000")]
    [InlineData("Accounts:ReachCoolOff", "30.00:00:00", "29.00:00:00")]
    [InlineData("Accounts:ProposalLifetime", "00:15:00", "00:16:00")]
    [InlineData("Accounts:UnprotectCoolOff", "00:00:01", "00:00:00")]
    [InlineData("Accounts:ImpactDrift", "0.1", "0.2")]
    [InlineData("Accounts:Reasons", "SPAM", "ABUSE,SPAM")]
    [InlineData("Operators:NoticeWindow", "14.00:00:00", "00:00:00")]
    [InlineData("Operators:BudgetWindow", "02:00:00", "01:00:00")]
    [InlineData("Operators:MaxHarms", "9", "30")]
    [InlineData("Operators:MaxReach", "9", "30")]
    [InlineData("Operators:ServiceMaxHarms", "9", "30")]
    [InlineData("Operators:ServiceMaxReach", "9", "30")]
    [InlineData("Operators:PowerCoolOff", "02:00:00", "01:00:00")]
    [InlineData("Operators:PowerProposalLifetime", "01:00:00", "02:00:00")]
    [InlineData("Operators:MaxLowered", "5", "6")]
    [InlineData("Brake:Window", "02:00:00", "01:00:00")]
    [InlineData("Brake:MaxHarms", "9", "30")]
    [InlineData("Brake:MaxReach", "9", "30")]
    [InlineData("Brake:LossShare", "0", "0.05")]
    [InlineData("Brake:LossAtLeast", "9", "30")]
    public void It_is_known_which_value_is_the_stricter_one(string name, string strict, string weak)
    {
        Assert.Equal((strict, strict), (Named(name).Tighter(strict, weak), Named(name).Tighter(weak, strict)));
        Assert.Equal(
            (true, false),
            (new SettingChange(name, strict, weak).Weakens, new SettingChange(name, weak, strict).Weakens));
        Assert.False(new SettingChange(name, weak, weak).Weakens);
    }

    [Fact]
    public void A_zero_has_no_sign()
    {
        Assert.True(Named("Brake:LossShare").TryApply(GridPolicy.Default, "-0", out var applied, out _));
        Assert.Equal("0", Named("Brake:LossShare").ValueOf(applied));
    }

    [Fact]
    public void Of_two_lists_what_both_have_is_the_stricter_one()
    {
        var reasons = Named("Accounts:Reasons");
        Assert.Equal("B", reasons.Tighter("A,B", "B,C"));
        Assert.True(new SettingChange("Accounts:Reasons", "A,B", "B,C").Weakens);

        // A list cannot become empty.
        Assert.Equal("A", reasons.Tighter("A", "C"));
        Assert.True(new SettingChange("Accounts:Reasons", "A", "C").Weakens);
    }

    [Fact]
    public void What_a_later_version_recorded_is_passed_over()
    {
        var applied = PolicySettings.Apply(
            GridPolicy.Default,
            [
                new("Accounts:Later", "1"), new("Operators:MaxHarms", "7"), new("Brake:LossShare", "a new form"),
            ]);
        Assert.Equal((7, 0.05), (applied.Operators.MaxHarms, applied.Brake.LossShare));
        Assert.True(new SettingChange("Accounts:Later", "1", "2").Weakens);
    }

    private static string OtherValueOf(PolicySetting setting) => setting.ValueOf(GridPolicy.Default) switch
    {
        var time when time.Contains(':', StringComparison.Ordinal) => "00:07:00",
        var share when share.Contains('.', StringComparison.Ordinal) => "0.07",
        var list when list.Contains(',', StringComparison.Ordinal) => "ABUSE",
        _ => "7",
    };

    private static object? Defaults(string name)
    {
        var section = typeof(GridPolicy).GetProperty(name.Split(':')[0])!.GetValue(GridPolicy.Default)!;
        return section.GetType().GetProperty(name.Split(':')[1])!.GetValue(section);
    }
}
