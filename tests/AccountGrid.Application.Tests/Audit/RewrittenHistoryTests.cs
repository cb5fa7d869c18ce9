using System.Security.Cryptography;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>
/// Tampering by a person who knows the format, on three streams of 14 entries in all with checkpoints at 4, 8 and 12.
/// </summary>
public sealed class RewrittenHistoryTests
{
    public sealed class A_new_order
    {
        [Fact]
        public async Task Within_a_stream_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 2, e => e with { Sequence = 77 });
            notary.Store.Edit("a/1", 3, e => e with { Sequence = 2 });
            notary.Store.Edit("a/1", 77, e => e with { Sequence = 3 });

            var problem = await notary.FindAsync(AuditProblemKind.EntryChanged);

            Assert.Equal(("a/1", 2), (problem.Stream, problem.Sequence));
        }

        [Fact]
        public async Task Of_positions_within_a_stream_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            Swap(notary, notary.Store.IndexOf("a/1", 2), notary.Store.IndexOf("a/1", 3));

            var problem = await notary.FindAsync(AuditProblemKind.EntryReordered);

            Assert.Equal(("a/1", 3), (problem.Stream, problem.Sequence));
        }

        [Fact]
        public async Task Across_streams_is_found_by_the_signed_root()
        {
            using var notary = await new Notary().WithHistoryAsync();
            Swap(notary, 5, 6);

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.RootMismatch)).Checkpoint);
        }

        [Fact]
        public async Task With_one_position_twice_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows[6] = notary.Store.Rows[6] with { Position = 6 };

            Assert.Contains(
                (await notary.VerifyAsync()).Problems,
                    p => p is { Kind: AuditProblemKind.EntryReordered, Position: 6 });
        }

        [Fact]
        public async Task With_one_sequence_twice_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 3, e => e with { Sequence = 2 });

            var problem = await notary.FindAsync(AuditProblemKind.EntryReordered);

            Assert.Equal(("a/1", 2), (problem.Stream, problem.Sequence));
        }

        private static void Swap(Notary notary, int i, int j)
        {
            var rows = notary.Store.Rows;
            (rows[i], rows[j]) =
                (rows[i] with { Position = rows[j].Position }, rows[j] with { Position = rows[i].Position });
        }
    }

    public sealed class A_row_that_is_no_entry
    {
        [Fact]
        public async Task Is_one_problem()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.UnreadablePosition = 5;

            var result = await notary.VerifyAsync();

            Assert.Equal(1, result.Problems.Count(p => p.Kind == AuditProblemKind.EntryUnreadable));
        }
    }

    public sealed class A_rewritten_history
    {
        [Fact]
        public async Task With_fresh_hashes_and_the_old_checkpoints_gives_other_roots()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 1, e => e with { Actor = new(ActorKind.Operator, "lee") });
            notary.Store.RewriteHashes();

            Assert.Equal(1, (await notary.FindAsync(AuditProblemKind.RootMismatch)).Checkpoint);
        }

        [Fact]
        public async Task With_the_stores_checkpoints_gone_too_is_found_by_the_log_outside()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 1, e => e with { Actor = new(ActorKind.Operator, "lee") });
            notary.Store.RewriteHashes();
            notary.Store.Checkpoints.Clear();

            Assert.Contains(
                (await notary.VerifyAsync()).Problems,
                    p => p is { Kind: AuditProblemKind.RootMismatch, Checkpoint: 1 });
        }

        [Fact]
        public async Task Signed_anew_with_a_key_of_ones_own_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var forger = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
            notary.Store.Edit("a/1", 1, e => e with { Actor = new(ActorKind.Operator, "lee") });
            notary.Store.RewriteHashes();
            using var elsewhere = new Notary();
            notary.Store.Checkpoints.Clear();
            var maker = new CheckpointMaker(
                notary.Store, notary.Store, elsewhere.Outside, forger,
                CheckpointKeys.FromPem(forger.ExportPublicKeyPem()), notary.Clock);
            await maker.MakeAsync(TestContext.Current.CancellationToken);

            var result = await notary.VerifyAsync();

            Assert.Equal(AuditProblemKind.UnknownKey, result.First!.Kind);
            Assert.Contains(result.Problems, p => p.Kind == AuditProblemKind.OutsideDiffers);
            Assert.Contains(result.Problems, p => p.Kind == AuditProblemKind.RootMismatch);
        }

        [Fact]
        public async Task That_was_signed_before_is_only_found_outside_once_the_key_is_stolen_too()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 1, e => e with { Actor = new(ActorKind.Operator, "lee") });
            notary.Store.RewriteHashes();
            using var elsewhere = new Notary();
            notary.Store.Checkpoints.Clear();
            await new CheckpointMaker(
                notary.Store, notary.Store, elsewhere.Outside, notary.Signer, notary.Keys, notary.Clock)
                .MakeAsync(TestContext.Current.CancellationToken);

            Assert.Equal(1, (await notary.FindAsync(AuditProblemKind.OutsideDiffers)).Checkpoint);
        }
    }
}
