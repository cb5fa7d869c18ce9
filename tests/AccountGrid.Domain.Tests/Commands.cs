namespace AccountGrid.Domain.Tests;

/// <summary>Short names for commands, with the fields that a test does not care about filled in.</summary>
internal static class Commands
{
    public static HarmAction Action(
        HarmKind kind, DateTimeOffset? until = null, DateTimeOffset? at = null, string reason = "IMPERSONATION",
        string note = "") =>
        new(kind, reason, note, "", until, at);

    public static AccountCommand Harm(
        HarmKind kind, DateTimeOffset? until = null, DateTimeOffset? at = null, bool directOnly = false) =>
        new AccountCommand.Harm(Action(kind, until, at), directOnly);

    public static AccountCommand Deactivate(DateTimeOffset? at = null) => Harm(HarmKind.Deactivate, at: at);

    public static AccountCommand Suspend(DateTimeOffset? until = null, DateTimeOffset? at = null) =>
        Harm(HarmKind.Suspend, until, at);

    public static AccountCommand Restore(params HoldKind[] kinds) =>
        new AccountCommand.Restore(false, [.. kinds], "ERROR", "", "", 7);

    public static AccountCommand OwnerRestore() => new AccountCommand.Restore(true, [], "OWNER_REQUEST", "", "", 0);

    public static AccountCommand Protect(DateTimeOffset reviewAt) =>
        new AccountCommand.Protect(World.Person("olga"), "OTHER", "", "", reviewAt);

    public static AccountCommand Approve(long? sequence, string? digest = null) =>
        new AccountCommand.Approve(sequence ?? 0, digest, "");

    public static AccountCommand Reject(long? sequence) => new AccountCommand.Reject(sequence ?? 0, "");

    public static AccountCommand Withdraw(long? sequence) => new AccountCommand.Withdraw(sequence ?? 0, "");

    public static AccountCommand UndoService(string of, DateTimeOffset since) =>
        new AccountCommand.UndoHolds(World.Person(of), since, "", 0, OfAService: true);

    public static AccountCommand Undo(string of, DateTimeOffset since) =>
        new AccountCommand.UndoHolds(World.Person(of), since, "", 0);
}
