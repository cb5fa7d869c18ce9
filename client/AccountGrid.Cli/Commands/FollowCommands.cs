using System.CommandLine;

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
                var answer = await run.Api.Followers.PutAsync(run.Get(account), run.Get(follower), cancellationToken);
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
                var answer = await run.Api.Followers.DeleteAsync(run.Get(account), run.Get(follower), cancellationToken);
                run.Output.Answer(answer, console => AccountViews.Followed(console, answer.Changed ? "Gone." : "Did not follow.", answer.Followers));
                return ExitCode.Ok;
            },
            account, follower);
    }
}
