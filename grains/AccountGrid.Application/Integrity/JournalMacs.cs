using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// Authenticates journal entries (HMAC-SHA-256, cut to 16 bytes) under keys that the database never holds, so that an
/// entry that anything but a silo wrote is not believed. The hash chain beside it needs no key and is for everyone;
/// what it binds is what the MAC covers. Thread-safe.
/// </summary>
/// <remarks>
/// A MAC stands as 24 bytes: the key's id (8) and the code (16). The code is over the domain
/// <c>accountgrid.entry-mac.v1</c> and a zero byte, the stream, the sequence and the entry's hash.
/// </remarks>
public sealed class JournalMacs
{
    /// <summary>Bytes of a MAC.</summary>
    public const int Length = IdLength + CodeLength;

    private const int IdLength = 8;
    private const int CodeLength = 16;

    private readonly FrozenDictionary<string, KeyedHash> _keys;
    private readonly FrozenSet<string> _givenUp;
    private readonly byte[] _currentId;
    private readonly KeyedHash _currentKey;
    private long _first = long.MaxValue;
    private long _own = long.MaxValue;

    private JournalMacs(string currentId, Dictionary<string, KeyedHash> keys, IEnumerable<string> givenUp)
    {
        KeyId = currentId;
        _currentId = Convert.FromHexString(currentId);
        _currentKey = keys[currentId];
        _keys = keys.ToFrozenDictionary(StringComparer.Ordinal);
        _givenUp = givenUp.Where(id => !keys.ContainsKey(id)).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The id of the key that new entries are authenticated with: the checkpoint key's.</summary>
    public string KeyId { get; }

    /// <summary>Whether a boundary of the current key is known.</summary>
    public bool HasOwnBoundary => Volatile.Read(ref _own) != long.MaxValue;

    /// <summary>
    /// Keys that are derived (HKDF-SHA-256, RFC 5869) from checkpoint keys. Not kept: the keys that are given.
    /// </summary>
    /// <param name="current">The silo's checkpoint key, with its private part.</param>
    /// <param name="others">
    /// Keys of entries written before, or by silos that have changed theirs already. Where the private part is there,
    /// their MACs are verified; where it is not, entries under them are taken up to the current key's boundary.
    /// </param>
    /// <exception cref="CryptographicException">The current key has no private part that can be read.</exception>
    public static JournalMacs From(ECDsa current, params IReadOnlyList<ECDsa> others)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(others);
        var id = CheckpointKeys.IdOf(current);
        var keys = new Dictionary<string, KeyedHash>(StringComparer.Ordinal)
        {
            [id] = Derive(current) ?? throw new CryptographicException("The checkpoint key has no private part."),
        };
        foreach (var other in others)
        {
            if (Derive(other) is { } key)
            {
                keys.TryAdd(CheckpointKeys.IdOf(other), key);
            }
        }

        return new(id, keys, others.Select(CheckpointKeys.IdOf));
    }

    /// <summary>The MAC of an entry whose hash is computed, under the current key.</summary>
    public byte[] Of(JournalEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var mac = new byte[Length];
        _currentId.CopyTo(mac, 0);
        Code(_currentKey, entry).AsSpan(0, CodeLength).CopyTo(mac.AsSpan(IdLength));
        return mac;
    }

    /// <summary>What the MAC beside an entry says.</summary>
    public MacCheck Check(CommittedEntry committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        var mac = committed.Mac.Span;
        if (mac.IsEmpty)
        {
            return IsUpTo(ref _first, committed.Position) ? MacCheck.NotNeeded : MacCheck.Missing;
        }

        if (mac.Length != Length)
        {
            return MacCheck.Wrong;
        }

        var id = Convert.ToHexStringLower(mac[..IdLength]);
        if (_keys.TryGetValue(id, out var key))
        {
            var code = Code(key, committed.Entry).AsSpan(0, CodeLength);
            return CryptographicOperations.FixedTimeEquals(mac[IdLength..], code) ? MacCheck.Valid : MacCheck.Wrong;
        }

        return IsUpTo(ref _own, committed.Position) && (HasOwnBoundary || _givenUp.Contains(id))
            ? MacCheck.NotNeeded
            : MacCheck.UnknownKey;
    }

    /// <summary>Why an entry is not to be believed; <c>null</c> where it is. A sentence.</summary>
    public string? Doubt(CommittedEntry committed) => Check(committed) switch
    {
        MacCheck.Missing => string.Create(
            CultureInfo.InvariantCulture,
            $"In {committed.Entry.Stream}, entry {committed.Entry.Sequence} has no MAC: no silo wrote it."),
        MacCheck.Wrong => string.Create(
            CultureInfo.InvariantCulture,
            $"In {committed.Entry.Stream}, entry {committed.Entry.Sequence} does not have its MAC: no silo wrote it."),
        MacCheck.UnknownKey => string.Create(
            CultureInfo.InvariantCulture,
            $"In {committed.Entry.Stream}, the MAC of entry {committed.Entry.Sequence} is under the key ")
            + $"{KeyOf(committed)}, which is not known.",
        _ => null,
    };

    /// <summary>
    /// From now on entries behind a boundary need a MAC. Of several boundaries the lowest counts. Its signature was
    /// checked by the caller.
    /// </summary>
    internal void Adopt(MacBoundary boundary)
    {
        LowerTo(ref _first, boundary.Position);
        if (boundary.KeyId == KeyId)
        {
            LowerTo(ref _own, boundary.Position);
        }
    }

    private static string KeyOf(CommittedEntry committed) => Convert.ToHexStringLower(committed.Mac.Span[..IdLength]);

    /// <summary>Positions begin at 1: a row at another one never had a place in commit order.</summary>
    private static bool IsUpTo(ref long boundary, long position) =>
        position >= 1 && position <= Volatile.Read(ref boundary);

    private static void LowerTo(ref long boundary, long position)
    {
        for (var known = Volatile.Read(ref boundary); position < known;)
        {
            known = Interlocked.CompareExchange(ref boundary, position, known);
        }
    }

    private static byte[] Code(KeyedHash key, JournalEntry entry) => key.Of(
        new CanonicalWriter("accountgrid.entry-mac.v1").Add(entry.Stream.Value).Add(entry.Sequence)
            .Add(entry.Hash.Span).ToArray());

    private static KeyedHash? Derive(ECDsa checkpointKey)
    {
        byte[] secret;
        try
        {
            secret = checkpointKey.ExportParameters(includePrivateParameters: true).D ?? [];
        }
        catch (CryptographicException)
        {
            // A public key alone.
            return null;
        }

        try
        {
            return secret.Length == 0
                ? null
                : new(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, HMACSHA256.HashSizeInBytes,
                    info: "accountgrid.entry-mac.v1"u8.ToArray()));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
