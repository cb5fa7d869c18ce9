namespace AccountGrid.Chaos.Workloads;

/// <summary>How much is done, and by how many.</summary>
internal sealed record WorkloadOptions
{
    /// <summary>Accounts of a run lie within so many ids from a multiple of it.</summary>
    public const long Spread = 10_000_000;

    /// <summary>
    /// Clients that act as staff and as the owners' service. Their request ids in flight on one account stay far below
    /// what an account remembers.
    /// </summary>
    public int StaffClients { get; init; } = 6;

    /// <summary>Clients that follow and unfollow.</summary>
    public int FollowClients { get; init; } = 3;

    /// <summary>People with power. Many, because each has a budget.</summary>
    public int People { get; init; } = 60;

    /// <summary>What their names begin with.</summary>
    public string PeopleNamed { get; init; } = "p";

    /// <summary>The first account; where others may have been before, one that nobody had.</summary>
    public long FirstAccount { get; init; } = 1;

    /// <summary>What the handles of these accounts begin with, and no others'.</summary>
    public string Handles => FirstAccount < Spread
        ? StaffPlanner.Handles
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{StaffPlanner.Handles}{FirstAccount / Spread}");

    /// <summary>How long an attempt may take; an ingest three times that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Accounts registered before anything else.</summary>
    public int FirstAccounts { get; init; } = 12;

    /// <summary>Most accounts.</summary>
    public int MaxAccounts { get; init; } = 40;

    /// <summary>Followers that one client moves per account.</summary>
    public int FollowersPerClient { get; init; } = 60;

    /// <summary>Changes in a big ingest.</summary>
    public int BigIngest { get; init; } = 12_000;

    /// <summary>Longest pause between two operations of a client.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>In how many of a hundred unknown outcomes the client gives up rather than ask again.</summary>
    public int GivesUpPercent { get; init; } = 10;
}
