using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace AccountGrid.Domain;

/// <summary>
/// The right edge of a growing RFC 6962 tree: the roots of its complete subtrees, largest first, at most 63 of them.
/// Appending costs one hash on average, and the whole tree is never needed again. Mutable, not thread-safe.
/// </summary>
public sealed class MerkleFrontier
{
    private const byte Format = 1;
    private const int HeaderLength = 1 + sizeof(long);

    /// <summary>One root per bit of <see cref="Size"/> that is set, the highest bit first.</summary>
    private readonly List<byte[]> _subtrees = [];

    /// <summary>How many leaves were appended.</summary>
    public long Size { get; private set; }

    /// <summary>Adds the next leaf (its data; hashing it as a leaf is done here).</summary>
    public void Append(ReadOnlySpan<byte> leaf)
    {
        var node = MerkleTree.HashLeaf(leaf);

        // Like adding one in binary: every trailing complete subtree merges with the new one.
        for (var carry = Size; (carry & 1) == 1; carry >>= 1)
        {
            node = MerkleTree.HashNode(_subtrees[^1], node);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(node);
        Size++;
    }

    /// <summary>The root over all leaves so far; costs one hash per complete subtree.</summary>
    public byte[] ComputeRoot()
    {
        if (Size == 0)
        {
            return MerkleTree.EmptyRoot();
        }

        var root = _subtrees[^1];
        for (var i = _subtrees.Count - 2; i >= 0; i--)
        {
            root = MerkleTree.HashNode(_subtrees[i], root);
        }

        return [.. root];
    }

    /// <summary>A format byte, the size in eight bytes big-endian, then the subtree roots, largest first.</summary>
    public byte[] Serialize()
    {
        var bytes = new byte[HeaderLength + (_subtrees.Count * MerkleTree.HashLength)];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), Size);
        for (var i = 0; i < _subtrees.Count; i++)
        {
            _subtrees[i].CopyTo(bytes, HeaderLength + (i * MerkleTree.HashLength));
        }

        return bytes;
    }

    /// <summary>
    /// Reads what <see cref="Serialize"/> wrote; refuses another format, a negative size and any length that does not
    /// fit the size. The hashes themselves cannot be checked here: compare <see cref="ComputeRoot"/> with a signed root
    /// before use.
    /// </summary>
    public static bool TryDeserialize(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MerkleFrontier? frontier)
    {
        frontier = null;
        if (bytes.Length < HeaderLength || bytes[0] != Format)
        {
            return false;
        }

        var size = BinaryPrimitives.ReadInt64BigEndian(bytes[1..]);
        if (size < 0 || bytes.Length != HeaderLength + (BitOperations.PopCount((ulong)size) * MerkleTree.HashLength))
        {
            return false;
        }

        frontier = new MerkleFrontier { Size = size };
        for (var at = HeaderLength; at < bytes.Length; at += MerkleTree.HashLength)
        {
            frontier._subtrees.Add(bytes.Slice(at, MerkleTree.HashLength).ToArray());
        }

        return true;
    }
}
