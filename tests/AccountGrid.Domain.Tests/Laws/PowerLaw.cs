namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// What must hold at every step on the register, judged by the records before and after it and by none of the rules
/// under test.
/// </summary>
internal static class PowerLaw
{
    /// <summary>Checks one step.</summary>
    /// <param name="before">The register before the step.</param>
    /// <param name="after">The register after it.</param>
    /// <param name="target">The record that was asked to change.</param>
    /// <param name="caller">Who asked; <c>null</c> for the system.</param>
    /// <param name="now">The instant.</param>
    /// <param name="isAlone">Whether one person sends all commands.</param>
    /// <param name="path">What led here.</param>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public static void Check(
        Register before, Register after, string target, string? caller, DateTimeOffset now, bool isAlone, string path)
    {
        var (was, became) = (before[target], after[target]);
        var hadEnded = caller is not null && !HasAt(before[caller], Roles.Staff, now);
        Require(!hadEnded || became.PowerVersion == was.PowerVersion, "power was changed after the caller's end", path);
        Require(!hadEnded || was.Proposal is not null || became.Proposal is null, "proposed after the end", path);
        if (IsRaised(was, became, now))
        {
            Require(!isAlone, "one person raised power", path);
            var proposal = was.Proposal;
            Require(proposal is not null, "power was raised without a proposal", path);
            var (first, second) = (proposal!.ProposedBy.Value, (proposal.ApprovedBy?.Value ?? caller)!);
            Require(first != second && first != target && second != target, "two other people are needed", path);
            Require(IsAdminSince(before[first], proposal.ProposedAt, now), "the proposer is no admin since", path);
            Require(IsAdminSince(before[second], proposal.ProposedAt, now), "the approver is no admin since", path);
        }

        if (isAlone)
        {
            Require(after.Records.Any(r => HasAt(r, Roles.Support, now)), "no healer is left", path);
            Require(after.Records.Any(r => IsActive(r, Roles.Approver, now)), "no approver is left", path);
            Require(after.Records.Any(r => IsActive(r, Roles.Admin, now)), "no admin is left", path);
            Require(
                caller is null || after.Records.Count(r => r.LoweredAt == now && r.LoweredBy?.Value == caller)
                    <= after.Policy.MaxLowered,
                "one person lowered too many at once", path);
        }
    }

    private static bool IsRaised(OperatorState was, OperatorState became, DateTimeOffset now)
    {
        var had = HasAt(was, Roles.Staff, now) ? was.Roles : Roles.None;
        var has = HasAt(became, Roles.Staff, now) ? became.Roles : Roles.None;
        return (has & ~had) != Roles.None
            || (has != Roles.None && (became.AuthorityEndsAt ?? DateTimeOffset.MaxValue)
                > (was.AuthorityEndsAt ?? DateTimeOffset.MaxValue));
    }

    private static bool HasAt(OperatorState record, Roles anyOf, DateTimeOffset now) =>
        (record.Roles & anyOf) != Roles.None && !(record.AuthorityEndsAt <= now);

    private static bool IsActive(OperatorState record, Roles role, DateTimeOffset now) =>
        HasAt(record, role, now) && !(record.AuthorityEndsAt <= now + new OperatorPolicy().NoticeWindow);

    private static bool IsAdminSince(OperatorState record, DateTimeOffset proposedAt, DateTimeOffset now) =>
        IsActive(record, Roles.Admin, now) && record.Since.Admin <= proposedAt;

    private static void Require(bool holds, string law, string path)
    {
        if (!holds)
        {
            throw new LawBrokenException($"{law}: {path}");
        }
    }
}
