using System.Security.Cryptography;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>
/// Tampering with the checkpoints themselves, in the store and in the log outside. Checkpoints 1, 2 and 3 cover 4, 8
/// and 12 of 14 entries.
/// </summary>
public sealed class CheckpointTamperTests
{
    public sealed class In_the_store
    {
        [Fact]
        public async Task A_forged_signature_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            Change(notary, 1, c => c with { Signature = Flipped(c.Signature) });

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.BadSignature)).Checkpoint);
        }

        [Fact]
        public async Task A_changed_root_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            Change(notary, 0, c => c with { Root = Flipped(c.Root) });

            Assert.Equal(1, (await notary.FindAsync(AuditProblemKind.BadSignature)).Checkpoint);
        }

        [Fact]
        public async Task A_changed_time_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            Change(notary, 2, c => c with { At = c.At.AddSeconds(1) });

            Assert.Equal(3, (await notary.FindAsync(AuditProblemKind.BadSignature)).Checkpoint);
        }

        [Fact]
        public async Task A_key_that_is_not_trusted_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var stranger = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
            var last = notary.Store.Checkpoints[2].Checkpoint with { KeyId = stranger.KeyId };
            var signature =
                await stranger.SignAsync(CheckpointCanonical.Bytes(last), TestContext.Current.CancellationToken);
            Change(notary, 2, _ => last with { Signature = signature });

            Assert.Equal(3, (await notary.FindAsync(AuditProblemKind.UnknownKey)).Checkpoint);
        }

        [Theory]
        [InlineData(0), InlineData(1)]
        public async Task A_deleted_one_is_found(int index)
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Checkpoints.RemoveAt(index);

            Assert.Equal(index + 1, (await notary.FindAsync(AuditProblemKind.CheckpointMissing)).Checkpoint);
        }

        [Fact]
        public async Task Two_deleted_at_the_end_are_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Checkpoints.RemoveRange(1, 2);

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.CheckpointMissing)).Checkpoint);
        }

        /// <summary>
        /// Exactly what a crash between the two writes leaves: nothing is lost, since the one outside is verified in
        /// its place.
        /// </summary>
        [Fact]
        public async Task The_very_last_one_deleted_is_verified_from_outside_and_put_back()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Checkpoints.RemoveAt(2);

            var result = await notary.VerifyAsync();
            Assert.True(result.IsIntact, result.First?.Message);
            Assert.Equal(12, result.CoveredPosition);

            Assert.Equal(1, (await notary.MakeAsync()).RestoredInStore);
            Assert.Equal(4, notary.Store.Checkpoints.Count);
        }

        [Fact]
        public async Task One_that_is_missing_in_both_places_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Checkpoints.RemoveAt(1);
            notary.RewriteOutside(lines => [lines[0], lines[2]]);

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.CheckpointMissing)).Checkpoint);
        }

        [Fact]
        public async Task One_that_skips_the_one_before_it_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            var broken = notary.Store.Checkpoints[2].Checkpoint with
            {
                Previous = notary.Store.Checkpoints[1].Checkpoint.Previous,
            };
            var signature =
                await notary.Signer.SignAsync(CheckpointCanonical.Bytes(broken), TestContext.Current.CancellationToken);
            Change(notary, 2, _ => broken with { Signature = signature });

            Assert.Equal(3, (await notary.FindAsync(AuditProblemKind.CheckpointBroken)).Checkpoint);
        }

        private static void Change(Notary notary, int index, Func<Checkpoint, Checkpoint> change) =>
            notary.Store.Checkpoints[index] = notary.Store.Checkpoints[index] with
            {
                Checkpoint = change(notary.Store.Checkpoints[index].Checkpoint),
            };

        private static byte[] Flipped(ReadOnlyMemory<byte> bytes)
        {
            var copy = bytes.ToArray();
            copy[^1] ^= 1;
            return copy;
        }
    }

    public sealed class In_the_log_outside
    {
        [Fact]
        public async Task A_lost_last_line_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(lines => lines[..^1]);

            Assert.Equal(3, (await notary.FindAsync(AuditProblemKind.OutsideMissing)).Checkpoint);
        }

        [Fact]
        public async Task A_lost_file_is_found_as_one_problem()
        {
            using var notary = await new Notary().WithHistoryAsync();
            File.Delete(notary.OutsidePath);

            var result = await notary.VerifyAsync();

            Assert.Equal((AuditProblemKind.OutsideMissing, 1), (result.First!.Kind, result.ProblemCount));
        }

        [Fact]
        public async Task A_line_lost_in_the_middle_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(lines => [lines[0], lines[2]]);

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.OutsideMissing)).Checkpoint);
        }

        [Fact]
        public async Task Lines_in_another_order_are_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(lines => [lines[1], lines[0], lines[2]]);

            Assert.False((await notary.VerifyAsync()).IsIntact);
        }

        [Fact]
        public async Task A_line_that_is_no_checkpoint_is_found_by_number()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(lines => [lines[0], "{", lines[2]]);

            Assert.Contains(
                "Line 2", (await notary.FindAsync(AuditProblemKind.OutsideDamaged)).Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task A_changed_number_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.RewriteOutside(
                lines => [lines[0], lines[1].Replace("\"position\":8", "\"position\":9", StringComparison.Ordinal),
                    lines[2]]);

            Assert.Equal(2, (await notary.FindAsync(AuditProblemKind.BadSignature)).Checkpoint);
        }

        [Fact]
        public async Task A_torn_last_line_is_no_problem()
        {
            using var notary = await new Notary().WithHistoryAsync();
            await File.AppendAllTextAsync(
                notary.OutsidePath, """{"format":1,"number":4,"posi""", TestContext.Current.CancellationToken);

            var result = await notary.VerifyAsync();

            Assert.True(result.IsIntact, result.First?.Message);
        }
    }

    public sealed class A_key
    {
        [Fact]
        public async Task That_is_not_trusted_any_more_fails_its_checkpoints()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var other = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));

            var result = await notary.VerifyAsync(CheckpointKeys.FromPem(other.ExportPublicKeyPem()));

            Assert.Equal(AuditProblemKind.UnknownKey, result.First!.Kind);
            Assert.Equal(0, result.CoveredPosition);
        }

        [Fact]
        public async Task May_be_changed_as_long_as_the_old_one_stays_trusted()
        {
            using var notary = await new Notary().WithHistoryAsync();
            using var next = new ECDsaCheckpointSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256));
            var both = CheckpointKeys.FromPem(notary.Signer.ExportPublicKeyPem(), next.ExportPublicKeyPem());

            Assert.NotNull((await notary.Maker(next, both).MakeAsync(TestContext.Current.CancellationToken)).Made);

            var result = await notary.VerifyAsync(both);
            Assert.True(result.IsIntact, result.First?.Message);
            Assert.Equal(14, result.CoveredPosition);
        }
    }
}
