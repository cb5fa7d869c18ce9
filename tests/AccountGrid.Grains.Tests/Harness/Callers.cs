using AccountGrid.Domain;

namespace AccountGrid.Grains.Tests;

/// <summary>Who calls, and with what.</summary>
public static class Callers
{
    public static CallerInfo Service { get; } = new(ActorKind.Service, "web", Roles.Service);

    public static CallerInfo System { get; } = new(ActorKind.System, "system", Roles.None);

    public static CallerInfo Staff(string name, Roles roles = Roles.Staff) => new(ActorKind.Operator, name, roles);

    public static CommandInput Deactivate(string note = "") =>
        new CommandInput.Harm(new(HarmKind.Deactivate, "SPAM", note, "", null, null), DirectOnly: false);

    public static CommandInput Suspend(DateTimeOffset? until) =>
        new CommandInput.Harm(new(HarmKind.Suspend, "SPAM", "", "", until, null), DirectOnly: false);

    public static CommandInput Erase() =>
        new CommandInput.Harm(new(HarmKind.Erase, "LEGAL", "", "", null, null), DirectOnly: false);

    public static CommandInput Restore() => new CommandInput.Restore(Owner: false, [], "ERROR", "", "");

    public static Task<CommandReply> SendAsync(
        this IAccountGrain account, CommandInput command, CallerInfo caller, string? requestId = null) =>
        account.ExecuteAsync(command, caller, requestId, null, TestContext.Current.CancellationToken);

    public static async Task<AccountInfo> ReadAsync(this IAccountGrain account, long minVersion = 0)
    {
        var answer = await account.GetAsync(minVersion, CancellationToken.None);
        Assert.Null(answer.Refusal);
        return answer.Value!;
    }
}
