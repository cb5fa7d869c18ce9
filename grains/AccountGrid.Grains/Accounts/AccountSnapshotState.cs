using AccountGrid.Application;

namespace AccountGrid.Grains;

/// <summary>A snapshot as Orleans' grain storage keeps it: the JSON of this class.</summary>
[GenerateSerializer, Alias("ag.snapshot")]
public sealed class AccountSnapshotState
{
    /// <summary>The form of <see cref="StateJson"/>; 0 = there is no snapshot.</summary>
    [Id(0)]
    public int Format { get; set; }

    /// <summary>The journal's length at the time.</summary>
    [Id(1)]
    public long Version { get; set; }

    /// <summary>The hash of the entry at that version.</summary>
    [Id(2)]
    public byte[] HeadHash { get; set; } = [];

    /// <summary>The folded state.</summary>
    [Id(3)]
    public string StateJson { get; set; } = "";

    /// <summary>The last known follower count.</summary>
    [Id(4)]
    public long FollowerCount { get; set; }

    /// <summary>Its version.</summary>
    [Id(5)]
    public long FollowerVersion { get; set; }

    /// <summary>When it last changed.</summary>
    [Id(6)]
    public DateTimeOffset FollowersAsOf { get; set; }

    /// <summary>What shows that a silo wrote it.</summary>
    [Id(7)]
    public byte[] Seal { get; set; } = [];

    internal static AccountSnapshotState Of(AccountSnapshot snapshot) => new()
    {
        Format = snapshot.Format,
        Version = snapshot.Version,
        HeadHash = snapshot.HeadHash,
        StateJson = snapshot.StateJson,
        FollowerCount = snapshot.FollowerCount,
        FollowerVersion = snapshot.FollowerVersion,
        FollowersAsOf = snapshot.FollowersAsOf,
        Seal = snapshot.Seal,
    };

    internal AccountSnapshot ToSnapshot() =>
        new(Format, Version, HeadHash, StateJson, FollowerCount, FollowerVersion, FollowersAsOf, Seal);
}
