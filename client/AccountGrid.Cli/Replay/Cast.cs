using System.Globalization;
using AccountGrid.Client;

namespace AccountGrid.Cli.Replay;

/// <summary>One who acts in the story, by a role rather than a name.</summary>
/// <param name="Id">The subject of the token.</param>
/// <param name="Api">The server, called in their name.</param>
internal sealed record Person(string Id, AccountGridClient Api);

/// <summary>
/// Everyone in the story. Fresh names for every run, because the authority of a person who was offboarded stays ended.
/// </summary>
internal sealed record Cast
{
    /// <summary>
    /// What every name of a replay has in it, so that a later run knows what an aborted one left behind.
    /// </summary>
    public const string Mark = "@replay-";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(4);

    /// <summary>The time of this run, in its names: <c>yyyyMMdd-HHmmss-fff</c>.</summary>
    public required string Run { get; init; }

    /// <summary>
    /// The network's own service: registers accounts, brings their followers, reads as its visitors do.
    /// </summary>
    public required Person Network { get; init; }

    /// <summary>Enrols people and ends their authority.</summary>
    public required Person Admin { get; init; }

    /// <summary>Another admin, who stays.</summary>
    public required Person SecondAdmin { get; init; }

    /// <summary>The id of a friend of the admin's, who has no token.</summary>
    public required string Friend { get; init; }

    /// <summary>On the last working day. May propose and, on other days, approve.</summary>
    public required Person Contractor { get; init; }

    /// <summary>Leaves a scheduled action behind.</summary>
    public required Person SecondContractor { get; init; }

    /// <summary>A colleague in support who may also approve.</summary>
    public required Person Agent { get; init; }

    /// <summary>Another colleague, who may only approve.</summary>
    public required Person Approver { get; init; }

    /// <summary>A colleague in support, nothing more: enough to restore.</summary>
    public required Person Supporter { get; init; }

    /// <summary>Takes down three accounts that should have stayed up.</summary>
    public required Person Hasty { get; init; }

    /// <summary>Reads the audit.</summary>
    public required Person Auditor { get; init; }

    /// <summary>Mints the tokens of all from the development key.</summary>
    public static Cast Assemble(DevelopmentKey key, AccountGridClient server, Invocation run)
    {
        var now = run.Clock.GetUtcNow();
        var name = now.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        return new Cast
        {
            Run = name,
            Network = Make("network", "service"),
            Admin = Make("admin", "admin"),
            SecondAdmin = Make("second-admin", "admin"),
            Friend = "friend" + Mark + name,
            Contractor = Make("contractor", "support", "approver"),
            SecondContractor = Make("contractor2", "support"),
            Agent = Make("agent", "support", "approver"),
            Approver = Make("approver", "approver"),
            Supporter = Make("supporter", "support"),
            Hasty = Make("hasty", "support"),
            Auditor = Make("auditor", "auditor"),
        };

        Person Make(string who, params string[] roles)
        {
            var id = who + Mark + name;
            return new Person(
                id, server.With(AccountGridTokenProvider.FromToken(key.Mint(id, roles, now, TokenLifetime))));
        }
    }

    /// <summary>Whether a name belongs to any replay.</summary>
    public static bool IsOfAReplay(string subject) => subject.Contains(Mark, StringComparison.Ordinal);
}
