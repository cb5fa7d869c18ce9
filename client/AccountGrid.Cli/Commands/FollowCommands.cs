using System.CommandLine;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>follow</c> and <c>unfollow</c>: one edge.</summary>
internal static class FollowCommands
{
    public static Command Follow(CommandFactory factory)
    {
        var (account, follower) = (AccountCommands.NewId("ACCOUNT"), AccountCommands.NewId("FOLLOWER"));
        return factory.New(
            "follow",
            "Adds one follower; nothing changes if it follows already. Role: service.",
            async (run, cancellationToken) =>
            {
                var request = new PutFollowerRequest { Account = run.Get(account), Follower = run.Get(follower) };
                var answer = await run.Calls.CallAsync(o => run.Api.Followers.PutFollowerAsync(request, o), cancellationToken);
                run.Output.Answer(answer, console => AccountViews.Followed(console, answer.Changed ? "New." : "Followed already.", answer.Followers));
                return ExitCode.Ok;
            },
            account, follower);
    }

    public static Command Unfollow(CommandFactory factory)
    {
        var (account, follower) = (AccountCommands.NewId("ACCOUNT"), AccountCommands.NewId("FOLLOWER"));
        return factory.New(
            "unfollow",
            "Removes one follower; nothing changes if it does not follow. Role: service.",
            async (run, cancellationToken) =>
            {
                var request = new DeleteFollowerRequest { Account = run.Get(account), Follower = run.Get(follower) };
                var answer = await run.Calls.CallAsync(o => run.Api.Followers.DeleteFollowerAsync(request, o), cancellationToken);
                run.Output.Answer(answer, console => AccountViews.Followed(console, answer.Changed ? "Gone." : "Did not follow.", answer.Followers));
                return ExitCode.Ok;
            },
            account, follower);
    }
}
