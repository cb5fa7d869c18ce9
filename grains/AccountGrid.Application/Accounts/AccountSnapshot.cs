using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// A fold of an account's journal, kept to start faster; never the truth. It is used only if a silo sealed it and the
/// journal's entry at its version has its hash.
/// </summary>
/// <param name="Format">The version of this form; another one than <see cref="CurrentFormat"/> is ignored.</param>
/// <param name="Version">The journal's length at the time.</param>
/// <param name="HeadHash">The hash of the entry at that version.</param>
/// <param name="StateJson">The folded state.</param>
/// <param name="FollowerCount">
/// The last known count; shown, with its time, only while the ledger cannot be read.
/// </param>
/// <param name="FollowerVersion">Its version; -1 where no count was known.</param>
/// <param name="FollowersAsOf">When it last changed.</param>
/// <param name="Seal">The <see cref="SnapshotSeal"/> over all of this; empty = none.</param>
public sealed record AccountSnapshot(
    int Format, long Version, byte[] HeadHash, string StateJson, long FollowerCount, long FollowerVersion,
    DateTimeOffset FollowersAsOf,
    byte[] Seal)
{
    /// <summary>
    /// The form that this program writes and reads. Form 1 had no seal: anything that could write to the database could
    /// change it. In form 2, request ids had no time and no caller, and were forgotten by another rule.
    /// </summary>
    public const int CurrentFormat = 3;

    internal FollowerCount? Followers =>
        FollowerVersion < 0 ? null : new(FollowerCount, FollowerVersion, FollowersAsOf);

    internal static AccountSnapshot Capture(Head<AccountState> head, FollowerCount? followers, SnapshotSeal seal) =>
        seal.Close(head.State.Id, new(
        CurrentFormat, head.Version, head.Hash.ToArray(), JsonSerializer.Serialize(head.State, SnapshotContext.State),
        followers?.Count ?? 0, followers?.Version
            ?? -1, Microseconds.Truncate(followers?.AsOf ?? DateTimeOffset.UnixEpoch), Seal: []));

    /// <summary>The head, or why it cannot be used. It is not yet compared with the journal.</summary>
    internal (Head<AccountState>? Head, string? Cause) Restore(AccountId id, SnapshotSeal seal)
    {
        if (Format != CurrentFormat)
        {
            return (null, "format");
        }

        if (!seal.IsIntact(id, this))
        {
            return (null, "seal");
        }

        AccountState? state;
        try
        {
            state = JsonSerializer.Deserialize(StateJson ?? "", SnapshotContext.State);
        }
        catch (JsonException)
        {
            return (null, "garbage");
        }

        var isWhole =
            state is
            {
                Handle: not null, Holds.IsDefault: false, ClosedProposals.IsDefault: false,
                Requests.IsDefault: false, RefusedCallers.IsDefault: false,
                Losses: null or { Note: null or { Slices.IsDefault: false } }
            }
            && state.Id == id && state.Version == Version && Version > 0 && HeadHash is { Length: EntryHash.Length };
        return isWhole ? (new(state!, Version, HeadHash), null) : (null, "garbage");
    }
}

/// <summary>
/// Here the domain's own record is the form: a renamed member reads as an unknown one, which makes an old snapshot
/// garbage, and garbage costs one full read of the journal.
/// </summary>
[JsonSerializable(typeof(AccountState))]
internal sealed partial class SnapshotContext : JsonSerializerContext
{
    /// <summary>
    /// Absent values are written too: reading demands every member, so that none can silently get a default.
    /// </summary>
    public static JsonTypeInfo<AccountState> State { get; } =
        new SnapshotContext(new JsonSerializerOptions(Payload.Options())
        {
            IgnoreReadOnlyProperties = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        }).AccountState;
}
