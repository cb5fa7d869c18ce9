using AccountGrid.Chaos.Running;

namespace AccountGrid.Chaos.Checkers;

/// <summary>
/// The audit finds every chain, root and signature intact, covers every entry, never loses a checkpoint; and no journal
/// is rewritten behind a restart.
/// </summary>
internal static class AuditChecker
{
    public const string Broken = "audit-is-intact";
    public const string Short = "audit-covers-everything";
    public const string Rewritten = "journals-only-grow";

    /// <param name="recovered">After this recovery.</param>
    /// <param name="before">After the recovery before; <c>null</c> for the first.</param>
    public static IEnumerable<Violation> Check(RecoveredState recovered, RecoveredState? before)
    {
        if (!recovered.Audit.Intact)
        {
            yield return new(Broken, 0, recovered.Audit.Problem);
        }

        // The audit is asked last, so it sees at least the entries of the accounts, and what was on disk before, the
        // operators' too.
        var entries =
            Math.Max(recovered.Accounts.Values.Sum(a => (long)a.Journal.Length), recovered.Disk?.Entries ?? 0);
        if (recovered.Audit.Entries < entries || recovered.Audit.Entries < before?.Audit.Entries
            || recovered.Audit.Checkpoints < before?.Audit.Checkpoints)
        {
            yield return new(
                Short, 0,
                $"{recovered.Audit.Entries} entries and {recovered.Audit.Checkpoints} checkpoints verified; {entries} entries are there; before it {before?.Audit.Entries} and {before?.Audit.Checkpoints}");
        }

        foreach (var old in before?.Accounts.Values ?? [])
        {
            var now = recovered.Accounts.TryGetValue(old.Id, out var account) ? account.Journal : [];
            var changed = old.Journal.FirstOrDefault(
                l => l.Sequence > now.Length || now[(int)l.Sequence - 1].Hash != l.Hash);
            if (changed is not null)
            {
                yield return new(Rewritten, old.Id, $"entry {changed} is gone or another one");
            }
        }
    }
}
