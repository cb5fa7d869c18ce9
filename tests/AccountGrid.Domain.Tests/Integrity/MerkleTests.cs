using CsCheck;

namespace AccountGrid.Domain.Tests.Integrity;

/// <summary>
/// Against the reference vectors of RFC 6962: the tree of eight leaves in the tests of the certificate-transparency project
/// (github.com/google/certificate-transparency, <c>cpp/merkletree/merkle_tree_test.cc</c> and <c>python/ct/crypto/merkle_test.py</c>), and by property.
/// </summary>
public sealed class MerkleTests
{
    private static readonly ReadOnlyMemory<byte>[] Leaves =
        [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(h => (ReadOnlyMemory<byte>)Hex(h))];

    private static readonly Gen<ReadOnlyMemory<byte>[]> SomeLeaves = Gen.Byte.Array[0, 40].Select(b => (ReadOnlyMemory<byte>)b).Array[1, 70];

    public sealed class An_inner_node
    {
        /// <summary>A short child was padded with zeros, so that a hash without its trailing zeros gave the same node.</summary>
        [Theory]
        [InlineData(31, 32)]
        [InlineData(32, 31)]
        [InlineData(0, 32)]
        [InlineData(33, 32)]
        [InlineData(32, 33)]
        public void Refuses_a_child_of_another_length(int left, int right) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.HashNode(new byte[left], new byte[right]));
    }

    public sealed class Reference_vectors
    {
        [Theory]
        [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
        [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
        [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
        [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
        [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
        [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
        [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
        [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
        [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
        public void Roots(int size, string root)
        {
            Assert.Equal(root, Convert.ToHexStringLower(MerkleTree.Root(Leaves.AsSpan(0, size))));
            Assert.Equal(root, Convert.ToHexStringLower(FrontierOf(Leaves[..size]).ComputeRoot()));
        }

        [Theory]
        [InlineData(1, 1)]
        [InlineData(
            1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
        [InlineData(
            6, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b", "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
        [InlineData(3, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
        [InlineData(
            2, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
        public void Audit_paths_of_a_leaf_counted_from_one(int leaf, int size, params string[] path)
        {
            var proof = MerkleTree.InclusionProof(leaf - 1, Leaves.AsSpan(0, size));

            Assert.Equal(path, proof.Select(h => Convert.ToHexStringLower(h.Span)));
            Assert.True(MerkleTree.VerifyInclusion(Leaves[leaf - 1].Span, leaf - 1, size, proof.AsSpan(), MerkleTree.Root(Leaves.AsSpan(0, size))));
        }
    }

    public sealed class Inclusion
    {
        [Fact]
        public void Every_leaf_of_every_tree_is_proved() => SomeLeaves.Sample(leaves =>
        {
            var root = MerkleTree.Root(leaves);
            for (var i = 0; i < leaves.Length; i++)
            {
                Assert.True(MerkleTree.VerifyInclusion(leaves[i].Span, i, leaves.Length, MerkleTree.InclusionProof(i, leaves).AsSpan(), root));
            }
        });

        [Fact]
        public void Nothing_can_be_flipped() => SomeLeaves.Select(Gen.Int[0, 69], Gen.Int[0, 10_000], Gen.Int[0, 7]).Sample((leaves, at, which, bit) =>
        {
            var index = at % leaves.Length;
            var root = MerkleTree.Root(leaves);
            var proof = MerkleTree.InclusionProof(index, leaves).Select(h => h.ToArray()).ToArray();
            byte[] leaf = [.. leaves[index].Span, 0];
            var parts = proof.Append(root).Append(leaf).ToArray();
            var part = parts[which % parts.Length];
            part[which / parts.Length % part.Length] ^= (byte)(1 << bit);
            Assert.False(Verify(part == leaf ? leaf : leaves[index].ToArray(), index, leaves.Length, proof, root));
        });

        [Fact]
        public void Neither_index_nor_size_nor_length_can_be_another() => SomeLeaves.Select(Gen.Int[0, 69]).Sample((leaves, at) =>
        {
            var distinct = leaves.Select((l, i) => (ReadOnlyMemory<byte>)(byte[])[.. l.Span, (byte)i]).ToArray();
            var index = at % distinct.Length;
            var root = MerkleTree.Root(distinct);
            var proof = MerkleTree.InclusionProof(index, distinct).Select(h => h.ToArray()).ToArray();
            for (var other = -1; other <= distinct.Length; other++)
            {
                Assert.Equal(other == index, Verify(distinct[index].ToArray(), other, distinct.Length, proof, root));
            }

            Assert.False(Verify(distinct[index].ToArray(), index, distinct.Length, [.. proof, new byte[32]], root));
            Assert.False(proof.Length > 0 && Verify(distinct[index].ToArray(), index, distinct.Length, proof[..^1], root));
            Assert.False(proof.Length > 0 && Verify(distinct[index].ToArray(), index, distinct.Length, [.. proof[..^1], proof[^1][..31]], root));
        });

        [Fact]
        public void An_inner_node_is_no_leaf()
        {
            byte[] inner = [.. MerkleTree.HashLeaf(Leaves[0].Span), .. MerkleTree.HashLeaf(Leaves[1].Span)];

            Assert.NotEqual(MerkleTree.Root(Leaves.AsSpan(0, 2)), MerkleTree.HashLeaf(inner));
        }

        [Theory]
        [InlineData(-1), InlineData(8)]
        public void A_leaf_that_is_not_there_has_no_proof(int index) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.InclusionProof(index, Leaves));

        private static bool Verify(byte[] leaf, long index, long size, byte[][] proof, byte[] root) =>
            MerkleTree.VerifyInclusion(leaf, index, size, proof.Select(h => (ReadOnlyMemory<byte>)h).ToArray(), root);
    }

    public sealed class Consistency
    {
        [Theory]
        [InlineData(1, 1)]
        [InlineData(
            1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
        [InlineData(
            6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
        [InlineData(
            2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
        public void Reference_proofs(int earlier, int size, params string[] expected) => Assert.Equal(
            expected,
            MerkleTree.ConsistencyProof(earlier, Leaves.AsSpan(0, size))
                .Select(static h => Convert.ToHexStringLower(h.Span)));

        [Fact]
        public void Every_earlier_tree_of_every_tree_is_proved_and_no_other_size() => SomeLeaves.Sample(leaves =>
        {
            var distinct = leaves.Select((l, i) => (ReadOnlyMemory<byte>)(byte[])[.. l.Span, (byte)i]).ToArray();
            var root = MerkleTree.Root(distinct);
            for (var earlier = 1; earlier <= distinct.Length; earlier++)
            {
                var proof = MerkleTree.ConsistencyProof(earlier, distinct).AsSpan();
                var before = MerkleTree.Root(distinct.AsSpan(0, earlier));
                Assert.True(MerkleTree.VerifyConsistency(earlier, before, distinct.Length, root, proof));
                Assert.False(MerkleTree.VerifyConsistency(earlier + 1, before, distinct.Length, root, proof));
                Assert.False(MerkleTree.VerifyConsistency(earlier - 1, before, distinct.Length, root, proof));
            }
        });

        [Fact]
        public void A_history_that_was_rewritten_has_no_proof() =>
            SomeLeaves.Select(Gen.Int[0, 69], Gen.Int[0, 69]).Sample((leaves, at, which) =>
            {
                var earlier = (at % leaves.Length) + 1;
                var before = MerkleTree.Root(leaves.AsSpan(0, earlier));
                var rewritten = leaves.ToArray();
                rewritten[which % earlier] = (byte[])[.. rewritten[which % earlier].Span, 0];
                Assert.False(MerkleTree.VerifyConsistency(
                    earlier, before, rewritten.Length, MerkleTree.Root(rewritten),
                    MerkleTree.ConsistencyProof(earlier, rewritten).AsSpan()));
            });

        [Theory]
        [InlineData(-1), InlineData(0), InlineData(9)]
        public void An_earlier_tree_that_is_none_has_no_proof(int earlier) =>
            Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.ConsistencyProof(earlier, Leaves));
    }

    public sealed class A_frontier
    {
        [Fact]
        public void Gives_the_trees_root_at_every_size() => SomeLeaves.Sample(leaves =>
        {
            var frontier = new MerkleFrontier();
            for (var i = 0; i < leaves.Length; i++)
            {
                frontier.Append(leaves[i].Span);
                Assert.Equal(i + 1, frontier.Size);
                Assert.Equal(MerkleTree.Root(leaves.AsSpan(0, i + 1)), frontier.ComputeRoot());
            }
        });

        [Fact]
        public void Goes_on_from_where_it_was_kept() => SomeLeaves.Select(Gen.Int[0, 70]).Sample((leaves, at) =>
        {
            var split = at % (leaves.Length + 1);
            Assert.True(MerkleFrontier.TryDeserialize(FrontierOf(leaves[..split]).Serialize(), out var kept));
            Assert.Equal(split, kept.Size);
            foreach (var leaf in leaves[split..])
            {
                kept.Append(leaf.Span);
            }

            Assert.Equal(MerkleTree.Root(leaves), kept.ComputeRoot());
        });

        [Fact]
        public void Asking_for_the_root_changes_nothing()
        {
            var frontier = FrontierOf(Leaves[..5]);
            frontier.ComputeRoot()[0] ^= 1;

            Assert.Equal(MerkleTree.Root(Leaves.AsSpan(0, 5)), frontier.ComputeRoot());
        }

        [Fact]
        public void Refuses_garbage()
        {
            var good = FrontierOf(Leaves[..5]).Serialize();
            Assert.True(MerkleFrontier.TryDeserialize(good, out _));

            Assert.False(MerkleFrontier.TryDeserialize([], out _));
            Assert.False(MerkleFrontier.TryDeserialize(good.AsSpan(0, 8), out _));
            Assert.False(MerkleFrontier.TryDeserialize(good.AsSpan(0, good.Length - 1), out _));
            Assert.False(MerkleFrontier.TryDeserialize([.. good, 0], out _));
            Assert.False(MerkleFrontier.TryDeserialize([2, .. good[1..]], out _));
            Assert.False(MerkleFrontier.TryDeserialize([1, 0xFF, .. good[2..]], out _));
            Assert.False(MerkleFrontier.TryDeserialize([.. good[..8], 7, .. good[9..]], out _));
        }

        [Fact]
        public void Refuses_any_bytes_without_throwing() => Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            if (MerkleFrontier.TryDeserialize(bytes, out var frontier))
            {
                Assert.Equal(bytes, frontier.Serialize());
            }
        });
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static MerkleFrontier FrontierOf(ReadOnlyMemory<byte>[] leaves)
    {
        var frontier = new MerkleFrontier();
        foreach (var leaf in leaves)
        {
            frontier.Append(leaf.Span);
        }

        return frontier;
    }
}
