using System.Security.Cryptography;
using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests.Audit;

public sealed class CheckpointMakerTests
{
    public sealed class Make
    {
        [Fact]
        public async Task Nothing_is_signed_while_there_is_nothing_new()
        {
            using var notary = new Notary();
            Assert.Equal(new CheckpointRound(null, 0, 0), await notary.MakeAsync());

            notary.Store.Append("a/1");
            Assert.NotNull((await notary.MakeAsync()).Made);
            Assert.Equal(new CheckpointRound(null, 0, 0), await notary.MakeAsync());
        }

        [Fact]
        public async Task A_checkpoint_signs_the_root_over_all_entry_hashes_in_commit_order()
        {
            using var notary = await new Notary().WithHistoryAsync(entries: 7, every: 3);

            var checkpoint = (await notary.MakeAsync()).Made!;

            var leaves = notary.Store.Rows.Select(r => r.Entry.Hash).ToArray();
            Assert.Equal(MerkleTree.Root(leaves), checkpoint.Root.ToArray());
            Assert.Equal((3, 7), (checkpoint.Number, checkpoint.Position));
            Assert.Equal(CheckpointCanonical.Hash(notary.Store.Checkpoints[1].Checkpoint),
                checkpoint.Previous.ToArray());
            Assert.Equal(notary.Clock.GetUtcNow(), checkpoint.At);
            Assert.Equal(SignatureCheck.Valid, notary.Keys.Check(checkpoint));
            Assert.Equal(64, checkpoint.Signature.Length);
        }

        [Fact]
        public async Task A_checkpoint_costs_only_what_came_since_the_last_one()
        {
            using var notary = await new Notary().WithHistoryAsync(entries: 2500, every: 2500);
            Assert.Equal(CheckpointMaker.PageSize, notary.Store.LargestPage);
            var before = notary.Store.EntriesRead;

            notary.Store.Append("a/1");
            await notary.MakeAsync();

            Assert.Equal(1, notary.Store.EntriesRead - before);
        }

        [Fact]
        public async Task An_auditor_can_prove_one_entry_under_it()
        {
            using var notary = await new Notary().WithHistoryAsync(entries: 11, every: 11);
            var checkpoint = notary.Store.Checkpoints[0].Checkpoint;
            var leaves = notary.Store.Rows.Select(r => r.Entry.Hash).ToArray();

            var proof = MerkleTree.InclusionProof(4, leaves);

            Assert.True(
                MerkleTree.VerifyInclusion(
                    leaves[4].Span, 4, checkpoint.Position, proof.AsSpan(), checkpoint.Root.Span));
        }
    }

    public sealed class After_a_crash
    {
        [Fact]
        public async Task Between_the_log_outside_and_the_store_the_store_catches_up()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.DieBeforeNextCheckpoint = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(notary.MakeAsync);
            notary.Store.Append("a/1");

            var round = await notary.MakeAsync();

            Assert.Equal((1, 0, 5), (round.RestoredInStore, round.RestoredInLog, round.Made!.Number));
            Assert.Equal([4, 8, 12, 14, 15], notary.Store.Checkpoints.Select(c => c.Checkpoint.Position));
            Assert.True((await notary.VerifyAsync()).IsIntact);
        }

        [Fact]
        public async Task That_tore_the_last_line_the_checkpoint_is_made_again()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.DieBeforeNextCheckpoint = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(notary.MakeAsync);
            using (var file = File.OpenWrite(notary.OutsidePath))
            {
                file.SetLength(file.Length - 20);
            }

            var round = await notary.MakeAsync();

            Assert.Equal((0, 4), (round.RestoredInStore, round.Made!.Number));
            Assert.True((await notary.VerifyAsync()).IsIntact);
        }
    }

    public sealed class Rounds_at_the_same_time
    {
        [Fact]
        public async Task Of_one_maker_wait_for_each_other()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var maker = notary.Maker();

            var rounds = await Task.WhenAll(
                Enumerable.Range(0, 8)
                    .Select(_ => Task.Run(() => maker.MakeAsync(TestContext.Current.CancellationToken))));

            Assert.Single(rounds, r => r.Made is not null);
            Assert.Equal([4, 8, 12, 14], notary.Store.Checkpoints.Select(c => c.Checkpoint.Position));
        }

        /// <summary>
        /// Two silos may each hold the audit grain for a moment: the slower one must not raise an alert about it.
        /// </summary>
        [Theory]
        [InlineData(true), InlineData(false)]
        public async Task Of_two_makers_let_the_faster_one_win(bool whilePuttingBack)
        {
            using var notary = await new Notary().WithHistoryAsync();
            if (whilePuttingBack)
            {
                notary.Store.DieBeforeNextCheckpoint = true;
                await Assert.ThrowsAsync<StorageUnavailableException>(notary.MakeAsync);
            }

            // The faster one finds what the slower one has just written outside, and finishes it.
            notary.Store.BeforeNextCheckpoint = async () => Assert.Equal(1, (await notary.MakeAsync()).RestoredInStore);

            var slower = await notary.MakeAsync();

            Assert.Null(slower.Made);
            var result = await notary.VerifyAsync();
            Assert.True(result.IsIntact, result.First?.Message);
        }
    }

    public sealed class A_log_outside
    {
        [Fact]
        public async Task That_was_lost_is_filled_again_from_the_store_and_told()
        {
            using var notary = await new Notary().WithHistoryAsync(entries: CheckpointMaker.PageSize + 50, every: 1);
            File.Delete(notary.OutsidePath);

            Assert.Equal(CheckpointMaker.PageSize + 50, (await notary.MakeAsync()).RestoredInLog);

            Assert.True((await notary.VerifyAsync()).IsIntact);
        }

        [Fact]
        public async Task That_lost_its_last_lines_is_filled_again()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(lines => lines[..1]);

            Assert.Equal(2, (await notary.MakeAsync()).RestoredInLog);
        }

        [Fact]
        public async Task That_tells_another_story_stops_the_maker()
        {
            using var notary = await new Notary().WithHistoryAsync();
            var last = notary.Store.Checkpoints[2].Checkpoint with { At = notary.Clock.GetUtcNow().AddDays(1) };
            last = last with
            {
                Signature = await notary.Signer.SignAsync(
                    CheckpointCanonical.Bytes(last), TestContext.Current.CancellationToken),
            };
            notary.Store.Checkpoints[2] = notary.Store.Checkpoints[2] with { Checkpoint = last };

            await Assert.ThrowsAsync<CheckpointRefusedException>(notary.MakeAsync);
        }

        [Fact]
        public async Task That_signed_other_entries_stops_the_maker()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.DieBeforeNextCheckpoint = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(notary.MakeAsync);
            notary.Store.Edit("a/2", 6, e => e with { TraceId = "x" });
            notary.Store.RewriteHashes();

            await Assert.ThrowsAsync<CheckpointRefusedException>(notary.MakeAsync);
            Assert.Equal(3, notary.Store.Checkpoints.Count);
        }
    }

    public sealed class A_stored_frontier
    {
        [Theory]
        [InlineData("garbage"), InlineData("empty"), InlineData("another tree")]
        public async Task That_does_not_give_the_signed_root_is_computed_anew(string how)
        {
            using var notary = await new Notary().WithHistoryAsync();
            var other = new MerkleFrontier();
            for (var i = 0; i < 12; i++)
            {
                other.Append(Encoding.ASCII.GetBytes($"{i}"));
            }

            byte[] bytes = how switch { "garbage" => [1, 2, 3], "empty" => [], _ => other.Serialize() };
            notary.Store.Checkpoints[2] = notary.Store.Checkpoints[2] with { Frontier = bytes };

            Assert.Equal(14, (await notary.MakeAsync()).Made!.Position);

            Assert.True((await notary.VerifyAsync()).IsIntact);
        }

        [Fact]
        public async Task That_cannot_be_computed_anew_because_history_was_rewritten_stops_the_maker()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Checkpoints[2] = notary.Store.Checkpoints[2] with { Frontier = default };
            notary.Store.Edit("a/1", 1, e => e with { TraceId = "x" });
            notary.Store.RewriteHashes();

            await Assert.ThrowsAsync<CheckpointRefusedException>(notary.MakeAsync);
        }
    }

    public sealed class Nothing_is_signed_on_top_of
    {
        [Fact]
        public async Task A_cut_tail()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveRange(10, 4);

            await Assert.ThrowsAsync<CheckpointRefusedException>(notary.MakeAsync);
        }

        [Fact]
        public async Task A_hole()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAt(12);

            await Assert.ThrowsAsync<CheckpointRefusedException>(notary.MakeAsync);
        }

        [Fact]
        public async Task A_checkpoint_by_an_unknown_key()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var other = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

            await Assert.ThrowsAsync<CheckpointRefusedException>(
                () => notary.Maker(other, CheckpointKeys.FromPem(other.ExportPublicKeyPem()))
                    .MakeAsync(TestContext.Current.CancellationToken));
        }

        [Fact]
        public async Task A_signers_key_that_its_own_installation_does_not_trust()
        {
            using var notary = new Notary();
            using var other = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
            notary.Store.Append("a/1");

            await Assert.ThrowsAsync<CheckpointRefusedException>(
                () => notary.Maker(other).MakeAsync(TestContext.Current.CancellationToken));

            Assert.False(File.Exists(notary.OutsidePath));
        }
    }
}
