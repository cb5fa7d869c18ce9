using System.Security.Cryptography;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Authenticates snapshots (HMAC-SHA-256) under a key that the database never holds, so that a snapshot that anything
/// but a silo wrote is not used. Immutable, thread-safe.
/// </summary>
/// <remarks>
/// The hash of the journal entry at a snapshot's version shows only which entry the snapshot claims to end with. That
/// the state beside it is the fold of the journal up to there is known to the silo that folded it, and this seal is how
/// it tells a later one. An older snapshot of the same account that is put back passes, and harms nothing: the
/// journal's tail behind it is read.
/// </remarks>
public sealed class SnapshotSeal
{
    private readonly KeyedHash _key;

    private SnapshotSeal(byte[] key) => _key = new(key);

    /// <summary>
    /// The seal under a key that is derived (HKDF-SHA-256, RFC 5869) from the silo's checkpoint key. Silos with the
    /// same key file accept each other's snapshots; after a change of that file every account reads its journal from
    /// the beginning once.
    /// </summary>
    /// <param name="checkpointKey">The private key; not kept.</param>
    /// <exception cref="CryptographicException">The key has no private part that can be read.</exception>
    public static SnapshotSeal From(ECDsa checkpointKey)
    {
        ArgumentNullException.ThrowIfNull(checkpointKey);
        var secret = checkpointKey.ExportParameters(includePrivateParameters: true).D!;
        try
        {
            return new(
                HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, HMACSHA256.HashSizeInBytes,
                    info: "accountgrid.snapshot.v1"u8.ToArray()));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The snapshot with its seal.</summary>
    internal AccountSnapshot Close(AccountId id, AccountSnapshot snapshot) =>
        snapshot with { Seal = Compute(id, snapshot) };

    /// <summary>Whether a silo with this key wrote the snapshot for this account.</summary>
    internal bool IsIntact(AccountId id, AccountSnapshot snapshot) =>
        snapshot is { Seal.Length: HMACSHA256.HashSizeInBytes, HeadHash: not null, StateJson: not null }
        && CryptographicOperations.FixedTimeEquals(snapshot.Seal, Compute(id, snapshot));

    /// <summary>Over every member but the seal, so that none can be changed alone.</summary>
    private byte[] Compute(AccountId id, AccountSnapshot snapshot) => _key.Of(
        new CanonicalWriter("accountgrid.snapshot.v1")
            .Add(id.Value).Add(snapshot.Format).Add(snapshot.Version).Add(snapshot.HeadHash.AsSpan()).Add(
                snapshot.StateJson)
            .Add(snapshot.FollowerCount).Add(snapshot.FollowerVersion).Add(snapshot.FollowersAsOf).ToArray());
}
