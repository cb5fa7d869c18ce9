using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;

namespace AccountGrid.Domain;

/// <summary>
/// The Merkle tree hash of RFC 6962 (section 2.1) with SHA-256: leaves are hashed behind a zero byte and inner nodes
/// behind a one byte, so that a node can never be passed off as a leaf. Works on leaves in memory;
/// <see cref="MerkleFrontier"/> does the same in logarithmic space. Pure.
/// </summary>
public static class MerkleTree
{
    /// <summary>Bytes in every hash of the tree.</summary>
    public const int HashLength = 32;

    /// <summary>The root over no leaves: SHA-256 of nothing.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    /// <summary>The hash of one leaf.</summary>
    public static byte[] HashLeaf(ReadOnlySpan<byte> leaf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([0]);
        hash.AppendData(leaf);
        return hash.GetHashAndReset();
    }

    /// <summary>The hash of an inner node over its two children.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A child is not of <see cref="HashLength"/> bytes: padded, it would hash like another child.
    /// </exception>
    public static byte[] HashNode(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(left.Length, HashLength, nameof(left));
        ArgumentOutOfRangeException.ThrowIfNotEqual(right.Length, HashLength, nameof(right));
        Span<byte> node = stackalloc byte[1 + (2 * HashLength)];
        node[0] = 1;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashLength)..]);
        return SHA256.HashData(node);
    }

    /// <summary>The root over <paramref name="leaves"/>, in order.</summary>
    public static byte[] Root(ReadOnlySpan<ReadOnlyMemory<byte>> leaves)
    {
        if (leaves.Length <= 1)
        {
            return leaves.IsEmpty ? EmptyRoot() : HashLeaf(leaves[0].Span);
        }

        var split = SplitOf(leaves.Length);
        return HashNode(Root(leaves[..split]), Root(leaves[split..]));
    }

    /// <summary>
    /// The audit path of the leaf at <paramref name="index"/> (from 0): the siblings from the leaf up to the root.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static ImmutableArray<ReadOnlyMemory<byte>> InclusionProof(
        int index, ReadOnlySpan<ReadOnlyMemory<byte>> leaves)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, leaves.Length);
        var path = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        AddPath(path, index, leaves);
        return path.DrainToImmutable();
    }

    /// <summary>
    /// The consistency proof (RFC 6962, section 2.1.2) that the tree over all leaves begins with the first
    /// <paramref name="earlierSize"/> of them; empty where these are all.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The earlier tree is empty or has more leaves.</exception>
    public static ImmutableArray<ReadOnlyMemory<byte>> ConsistencyProof(
        int earlierSize, ReadOnlySpan<ReadOnlyMemory<byte>> leaves)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(earlierSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(earlierSize, leaves.Length);
        var proof = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>();
        AddSubproof(proof, earlierSize, leaves, isEarlierTree: true);
        return proof.DrainToImmutable();
    }

    /// <summary>
    /// Whether <paramref name="proof"/> shows that <paramref name="leaf"/> stands at <paramref name="index"/> (from 0)
    /// in the tree of <paramref name="size"/> leaves with this root. Never throws on a malformed proof.
    /// </summary>
    public static bool VerifyInclusion(
        ReadOnlySpan<byte> leaf, long index, long size, ReadOnlySpan<ReadOnlyMemory<byte>> proof,
        ReadOnlySpan<byte> root) => VerifyInclusionOfHash(HashLeaf(leaf), index, size, proof, root);

    /// <summary>The same as <see cref="VerifyInclusion"/>, of a leaf's hash.</summary>
    public static bool VerifyInclusionOfHash(
        ReadOnlySpan<byte> leafHash, long index, long size, ReadOnlySpan<ReadOnlyMemory<byte>> proof,
        ReadOnlySpan<byte> root)
    {
        if (index < 0 || index >= size || leafHash.Length != HashLength)
        {
            return false;
        }

        var node = leafHash.ToArray();
        var (at, last) = (index, size - 1);
        foreach (var sibling in proof)
        {
            if (last == 0 || sibling.Length != HashLength)
            {
                return false;
            }

            node = HasLeftSibling(at, last) ? HashNode(sibling.Span, node) : HashNode(node, sibling.Span);
            (at, last) = ParentOf(at, last);
        }

        return last == 0 && root.SequenceEqual(node);
    }

    /// <summary>
    /// Whether <paramref name="proof"/> shows that the tree of <paramref name="size"/> leaves with this root begins
    /// with the leaves of the earlier one, by the algorithm of RFC 9162, section 2.1.4.2. The empty tree proves nothing
    /// about a later one. Never throws on a malformed proof.
    /// </summary>
    public static bool VerifyConsistency(
        long earlierSize, ReadOnlySpan<byte> earlierRoot, long size, ReadOnlySpan<byte> root,
        ReadOnlySpan<ReadOnlyMemory<byte>> proof)
    {
        if (earlierSize <= 0 || earlierSize >= size || proof.IsEmpty)
        {
            return earlierSize > 0 && earlierSize == size && proof.IsEmpty && earlierRoot.SequenceEqual(root);
        }

        // A complete tree is itself a node of the later one, and the proof leaves it out.
        var isComplete = BitOperations.IsPow2(earlierSize);
        var first = isComplete ? earlierRoot : proof[0].Span;
        var rest = isComplete ? proof : proof[1..];
        if (first.Length != HashLength)
        {
            return false;
        }

        var skipped = BitOperations.TrailingZeroCount(earlierSize);
        var (at, last) = ((earlierSize - 1) >> skipped, (size - 1) >> skipped);
        var (earlier, later) = (first.ToArray(), first.ToArray());
        foreach (var sibling in rest)
        {
            if (last == 0 || sibling.Length != HashLength)
            {
                return false;
            }

            if (HasLeftSibling(at, last))
            {
                earlier = HashNode(sibling.Span, earlier);
                later = HashNode(sibling.Span, later);
            }
            else
            {
                later = HashNode(later, sibling.Span);
            }

            (at, last) = ParentOf(at, last);
        }

        return last == 0 && earlierRoot.SequenceEqual(earlier) && root.SequenceEqual(later);
    }

    /// <summary>
    /// Whether the next hash of a proof stands left of the node at a position: that is odd, or the last of its level.
    /// </summary>
    private static bool HasLeftSibling(long at, long last) => (at & 1) == 1 || at == last;

    /// <summary>
    /// The position one level up. The last node of a level without a sibling is carried up unchanged: the levels on
    /// which that happened are skipped.
    /// </summary>
    private static (long At, long Last) ParentOf(long at, long last)
    {
        while (at == last && (at & 1) == 0 && at != 0)
        {
            (at, last) = (at >> 1, last >> 1);
        }

        return (at >> 1, last >> 1);
    }

    private static void AddPath(
        ImmutableArray<ReadOnlyMemory<byte>>.Builder path, int index, ReadOnlySpan<ReadOnlyMemory<byte>> leaves)
    {
        if (leaves.Length == 1)
        {
            return;
        }

        var split = SplitOf(leaves.Length);
        if (index < split)
        {
            AddPath(path, index, leaves[..split]);
            path.Add(Root(leaves[split..]));
        }
        else
        {
            AddPath(path, index - split, leaves[split..]);
            path.Add(Root(leaves[..split]));
        }
    }

    /// <param name="proof">What is added to.</param>
    /// <param name="earlierSize">How many of these leaves the earlier tree has, at least 1.</param>
    /// <param name="leaves">The leaves of a subtree of the later tree.</param>
    /// <param name="isEarlierTree">
    /// Whether the first of these leaves is the first of all: then the earlier tree's root, which the verifier has, may
    /// be one of the nodes.
    /// </param>
    private static void AddSubproof(
        ImmutableArray<ReadOnlyMemory<byte>>.Builder proof, int earlierSize,
        ReadOnlySpan<ReadOnlyMemory<byte>> leaves, bool isEarlierTree)
    {
        if (earlierSize == leaves.Length)
        {
            if (!isEarlierTree)
            {
                proof.Add(Root(leaves));
            }

            return;
        }

        var split = SplitOf(leaves.Length);
        if (earlierSize <= split)
        {
            AddSubproof(proof, earlierSize, leaves[..split], isEarlierTree);
            proof.Add(Root(leaves[split..]));
        }
        else
        {
            AddSubproof(proof, earlierSize - split, leaves[split..], isEarlierTree: false);
            proof.Add(Root(leaves[..split]));
        }
    }

    /// <summary>The largest power of two below <paramref name="count"/> (2 or more).</summary>
    private static int SplitOf(int count) => 1 << BitOperations.Log2((uint)count - 1);
}
