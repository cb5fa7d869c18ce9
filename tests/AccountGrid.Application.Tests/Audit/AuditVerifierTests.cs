using System.Text;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>Edits and deletions, on three streams of 14 entries in all with checkpoints at 4, 8 and 12.</summary>
public sealed class AuditVerifierTests
{
    public sealed class An_untouched_journal
    {
        [Fact]
        public async Task Is_intact()
        {
            using var notary = await new Notary().WithHistoryAsync();

            var result = await notary.VerifyAsync();

            Assert.True(result.IsIntact, result.First?.Message);
            Assert.Null(result.First);
            Assert.Equal((14, 3, 3, 14), (result.Entries, result.Streams, result.Checkpoints, result.Position));
        }

        [Fact]
        public async Task Says_how_far_the_signed_roots_reach()
        {
            using var notary = await new Notary().WithHistoryAsync();

            Assert.Equal(12, (await notary.VerifyAsync()).CoveredPosition);
        }

        [Fact]
        public async Task Is_intact_when_it_is_empty()
        {
            using var notary = new Notary();

            var result = await notary.VerifyAsync();

            Assert.True(result.IsIntact);
            Assert.Equal(0, result.Entries);
        }

        [Fact]
        public async Task Is_intact_while_entries_and_checkpoints_are_written()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.WhileVerifying = async () =>
            {
                notary.Store.WhileVerifying = null;
                for (var i = 0; i < 3; i++)
                {
                    notary.Store.Append("a/1");
                    await notary.MakeAsync();
                }
            };

            var result = await notary.VerifyAsync();

            Assert.True(result.IsIntact, result.First?.Message);
            Assert.Equal(14, result.Position);
        }

        [Fact]
        public async Task Is_intact_after_a_crash_between_the_log_outside_and_the_store()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.DieBeforeNextCheckpoint = true;
            await Assert.ThrowsAsync<StorageUnavailableException>(notary.MakeAsync);

            var result = await notary.VerifyAsync();

            Assert.True(result.IsIntact, result.First?.Message);
            Assert.Equal(14, result.CoveredPosition);
        }
    }

    public sealed class An_edit
    {
        [Fact]
        public async Task Of_a_payload_names_the_entry()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/2", 2, e => e with { Payload = Encoding.UTF8.GetBytes("""{"n":99}""") });

            AssertEntry(await notary.FindAsync(AuditProblemKind.EntryChanged), "a/2", 2, notary);
        }

        [Fact]
        public async Task Of_the_actor_names_the_entry()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("op/kim", 1, e => e with { Actor = new(ActorKind.Operator, "lee") });

            AssertEntry(await notary.FindAsync(AuditProblemKind.EntryChanged), "op/kim", 1, notary);
        }

        [Theory]
        [InlineData("kind"), InlineData("time"), InlineData("type"), InlineData("version"), InlineData(
            "trace"), InlineData("request"), InlineData("digest")]
        public async Task Of_any_other_field_is_found(string field)
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 1, e => field switch
            {
                "kind" => e with { Actor = e.Actor with { Kind = ActorKind.Service } },
                "time" => e with { At = e.At.AddMicroseconds(1) },
                "type" => e with { Type = "hold-lifted" },
                "version" => e with { TypeVersion = 2 },
                "trace" => e with { TraceId = "00" },
                "request" => e with { RequestId = "" },
                _ => e with { RequestDigest = "" },
            });

            AssertEntry(await notary.FindAsync(AuditProblemKind.EntryChanged), "a/1", 1, notary);
        }

        [Fact]
        public async Task After_the_last_checkpoint_is_found_by_the_chain()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/2", 6, e => e with { TraceId = "x" });

            AssertEntry(await notary.FindAsync(AuditProblemKind.EntryChanged), "a/2", 6, notary);
        }

        [Fact]
        public async Task Of_two_entries_names_the_one_that_was_committed_first()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/1", 5, e => e with { TraceId = "x" });
            notary.Store.Edit("op/kim", 1, e => e with { TraceId = "x" });

            AssertEntry(await notary.FindAsync(AuditProblemKind.EntryChanged), "op/kim", 1, notary);
        }

        [Fact]
        public async Task With_its_own_hash_made_anew_is_found_at_the_entry_behind_it()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/2", 2, e => e with { TraceId = "x" });
            var before = notary.Store.Rows[notary.Store.IndexOf("a/2", 1)].Entry.Hash;
            notary.Store.Edit("a/2", 2, e => e with { Hash = EntryHash.Compute(e, before.Span) });

            var problem = await notary.FindAsync(AuditProblemKind.EntryChanged);

            AssertEntry(problem, "a/2", 3, notary);
            Assert.Contains("entry 2 was replaced", problem.Message, StringComparison.Ordinal);
        }

        [Fact]
        public async Task With_every_hash_of_its_stream_made_anew_is_found_by_the_signed_root()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Edit("a/2", 3, e => e with { TraceId = "x" });
            notary.Store.RewriteHashes();

            var problem = await notary.FindAsync(AuditProblemKind.RootMismatch);

            // Entry 3 of a/2 stands at position 6: after checkpoint 1, which is good, and under checkpoint 2.
            Assert.Equal((2, 5), (problem.Checkpoint, problem.Position));
        }

        private static void AssertEntry(AuditProblem problem, string stream, long sequence, Notary notary)
        {
            Assert.Equal((stream, sequence), (problem.Stream, problem.Sequence));
            Assert.Equal(notary.Store.Rows[notary.Store.IndexOf(stream, sequence)].Position, problem.Position);
        }
    }

    public sealed class A_deletion
    {
        [Fact]
        public async Task From_the_middle_names_the_missing_entry()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAt(notary.Store.IndexOf("a/1", 3));

            var problem = await notary.FindAsync(AuditProblemKind.EntryMissing);

            Assert.Equal(("a/1", 3), (problem.Stream, problem.Sequence));
        }

        [Fact]
        public async Task Of_a_streams_first_entry_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAt(0);

            var problem = await notary.FindAsync(AuditProblemKind.EntryMissing);

            Assert.Equal(("a/1", 1), (problem.Stream, problem.Sequence));
        }

        [Fact]
        public async Task Of_a_whole_stream_with_its_index_row_leaves_a_hole_in_commit_order()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAll(r => r.Entry.Stream.Value == "op/kim");
            notary.Store.Heads.Remove("op/kim");

            Assert.Equal(5, (await notary.FindAsync(AuditProblemKind.EntryMissing)).Position);
        }

        [Fact]
        public async Task Of_a_streams_tail_is_found_by_its_index_row()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAt(notary.Store.IndexOf("a/2", 6));

            var problem = await notary.FindAsync(AuditProblemKind.TailCut);

            Assert.Equal(("a/2", 6), (problem.Stream, problem.Sequence));
        }

        [Fact]
        public async Task Of_the_whole_tail_with_index_and_checkpoints_is_found_by_the_log_outside()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveRange(6, 8);
            notary.Store.RewriteHashes();
            notary.Store.Checkpoints.RemoveRange(1, 2);

            var result = await notary.VerifyAsync();

            Assert.Contains(result.Problems, p => p is { Kind: AuditProblemKind.TailCut, Position: 7, Checkpoint: 2 });
            Assert.Contains(result.Problems, p => p is { Kind: AuditProblemKind.CheckpointMissing, Checkpoint: 2 });
        }

        [Fact]
        public async Task Of_everything_is_found_by_the_log_outside()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.Clear();
            notary.Store.Heads.Clear();
            notary.Store.Checkpoints.Clear();

            var result = await notary.VerifyAsync();

            Assert.Contains(result.Problems, p => p is { Kind: AuditProblemKind.TailCut, Position: 1 });
        }

        [Fact]
        public async Task Of_the_only_checkpoint_of_the_store_with_all_it_covers_is_still_a_cut_tail()
        {
            using var notary = await new Notary().WithHistoryAsync(entries: 6, every: 5);
            notary.Store.Rows.Clear();
            notary.Store.Heads.Clear();
            notary.Store.Checkpoints.Clear();

            await notary.FindAsync(AuditProblemKind.TailCut);
        }

        [Fact]
        public async Task Of_an_index_row_is_found()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Heads.Remove("a/2");

            Assert.Equal("a/2", (await notary.FindAsync(AuditProblemKind.IndexMismatch)).Stream);
        }

        [Fact]
        public async Task Of_a_streams_entries_alone_is_found_by_its_index_row()
        {
            using var notary = await new Notary().WithHistoryAsync();
            notary.Store.Rows.RemoveAll(r => r.Entry.Stream.Value == "a/1");

            var problem = await notary.FindAsync(AuditProblemKind.TailCut);

            Assert.Equal(("a/1", 1), (problem.Stream, problem.Sequence));
        }
    }
}
