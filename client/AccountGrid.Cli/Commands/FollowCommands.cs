using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>follow</c> and <c>unfollow</c>: one edge.</summary>
internal static class FollowCommands
{
    public static Command Follow(CommandFactory factory) => factory.Send(
        "follow",
        "Adds one follower; nothing changes if it follows already. Role: follower-writer.",
        static (AccountGridClient api, PutFollowerRequest edge, CancellationToken stop) =>
            api.Followers.PutAsync(edge.Account, edge.Follower, stop),
        static (console, answer) =>
            AccountViews.Followed(console, answer.Changed ? "New." : "Followed already.", answer.Followers),
        AccountCommands.NewId("account", "ACCOUNT"),
        AccountCommands.NewId("follower", "FOLLOWER"));

    public static Command Unfollow(CommandFactory factory) => factory.Send(
        "unfollow",
        "Removes one follower; nothing changes if it does not follow. Role: follower-writer.",
        static (AccountGridClient api, DeleteFollowerRequest edge, CancellationToken stop) =>
            api.Followers.DeleteAsync(edge.Account, edge.Follower, stop),
        static (console, answer) =>
            AccountViews.Followed(console, answer.Changed ? "Gone." : "Did not follow.", answer.Followers),
        AccountCommands.NewId("account", "ACCOUNT"),
        AccountCommands.NewId("follower", "FOLLOWER"));
}
