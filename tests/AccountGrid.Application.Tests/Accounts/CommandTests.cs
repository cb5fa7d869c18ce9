using AccountGrid.Domain;

namespace AccountGrid.Application.Tests;

public sealed class CommandTests
{
    private static readonly Caller Kim = World.Person("kim");
    private static readonly StreamId Stream = StreamId.Of(World.Account);

    private static Task InWorld(Func<World, AccountProcessor, Task> test, ProcessorLimits? limits = null) =>
        OneThread.RunAsync(async () =>
        {
            using var world = new World(limits);
            await world.EnrollAsync("kim");
            await world.RegisterAsync();
            await test(world, await world.ActivateAsync());
        });

    private static AccountRequest Down(string? requestId = null) => new(World.Deactivate(), Kim, requestId);

    private static AccountRequest Up(string? requestId = null) => new(World.Restore(), Kim, requestId);

    public sealed class Durability
    {
        [Fact]
        public Task Nothing_is_published_or_answered_before_it_is_durable() => InWorld(async (world, account) =>
        {
            world.Journal.BeforeAppend.Arm();
            var command = account.ExecuteAsync(Down(), Token);
            await world.Journal.BeforeAppend.Reached;
            Assert.False(command.IsCompleted);
            Assert.Equal(AccountStatus.Active, account.View.State.Status);
            world.Journal.BeforeAppend.Release();
            var result = await command;
            Assert.Equal((Outcome.Done, AccountStatus.Deactivated), (result.Outcome, result.View.State.Status));
            Assert.Same(result.View, account.View);
        });

        [Fact]
        public Task The_entry_names_who_and_when_and_the_index_row_follows_in_the_same_append() =>
            InWorld(async (world, account) =>
            {
                world.Clock.Advance(TimeSpan.FromTicks(12_345_678));
                await account.ExecuteAsync(new(World.Suspend(world.Clock.GetUtcNow().AddHours(1)), Kim, "r1"), Token);
                var entry = world.Journal.Entries(Stream)[^1];
                Assert.Equal(Kim.Actor, entry.Actor);
                Assert.Equal(Microseconds.Truncate(world.Clock.GetUtcNow()), entry.At);
                Assert.Equal(("r1", 64), (entry.RequestId, entry.RequestDigest!.Length));
                var row = Assert.IsType<StreamIndexRow.Account>(world.Journal.Row(Stream));
                Assert.Equal((2L, "president", AccountStatus.Suspended), (row.Version, row.Handle, row.Status));
                Assert.Equal(Microseconds.Truncate(world.Clock.GetUtcNow()).AddHours(1), row.DueAt);
            });

        [Fact]
        public Task What_memory_holds_is_what_a_reload_gives() => InWorld(async (world, account) =>
        {
            // More than a microsecond cannot be stored, so it must not live on in memory either.
            var until = world.Clock.GetUtcNow().AddHours(1).AddTicks(7);
            await account.ExecuteAsync(new(World.Suspend(until), Kim, "r1"), Token);
            var reloaded = await world.ActivateAsync();
            Assert.Equal(account.View.State.Holds.AsEnumerable(), reloaded.View.State.Holds);
            Assert.Equal(account.View.State.Requests.AsEnumerable(), reloaded.View.State.Requests);
            Assert.Equal(account.View.State.Version, reloaded.View.State.Version);
        });

        [Fact]
        public Task An_unknown_account_is_not_found_until_it_is_registered() => OneThread.RunAsync(async () =>
        {
            using var world = new World();
            await world.EnrollAsync("kim");
            var account = await world.ActivateAsync();
            Assert.Equal(RefusalReason.NotFound, (await account.ExecuteAsync(Down(), Token)).Refusal!.Reason);
            await world.RegisterAsync();
            Assert.Equal(Outcome.Done, (await account.ExecuteAsync(Down(), Token)).Outcome);
            Assert.False(account.IsFenced);
        });
    }

    public sealed class Request_id
    {
        [Fact]
        public Task Acts_once_over_a_retry_after_an_unknown_outcome_that_did_commit() =>
            InWorld(async (world, account) =>
            {
                world.Journal.FailNextAppend(AppendFault.UnknownWritten);
                var failure = await Assert.ThrowsAsync<StorageUnavailableException>(
                    () => account.ExecuteAsync(Down("r1"), Token));
                Assert.True(failure.OutcomeUnknown);
                var retry = await account.ExecuteAsync(Down("r1"), Token);
                Assert.Equal((Outcome.Done, AccountStatus.Deactivated), (retry.Outcome, retry.View.State.Status));
                Assert.Equal(2, world.Journal.Entries(Stream).Length);
                Assert.False(account.IsFenced);
            });

        [Fact]
        public Task Acts_at_the_retry_after_an_unknown_outcome_that_did_not_commit() =>
            InWorld(async (world, account) =>
            {
                world.Journal.FailNextAppend(AppendFault.UnknownNotWritten);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => account.ExecuteAsync(Down("r1"), Token));
                Assert.Equal(AccountStatus.Deactivated,
                    (await account.ExecuteAsync(Down("r1"), Token)).View.State.Status);
                Assert.Equal(2, world.Journal.Entries(Stream).Length);
            });

        [Fact]
        public Task Gets_the_answer_of_then_with_the_account_of_now() => InWorld(async (world, account) =>
        {
            await account.ExecuteAsync(Down("r1"), Token);
            await account.ExecuteAsync(Up("r2"), Token);
            var replay = await account.ExecuteAsync(Down("r1"), Token);
            Assert.Equal((Outcome.Done, AccountStatus.Active), (replay.Outcome, replay.View.State.Status));
            Assert.Equal(3, world.Journal.Entries(Stream).Length);
        });

        [Fact]
        public Task Gets_the_same_proposal_and_the_same_refusal_again() => InWorld(async (world, account) =>
        {
            world.Ledger.Pretend(World.Account, 41_000_000);
            account = await world.ActivateAsync();
            var first = await account.ExecuteAsync(Down("r1"), Token);
            Assert.Equal((Outcome.Pending, 2L), (first.Outcome, first.ProposalSequence));
            var self = new AccountRequest(new AccountCommand.Approve(2, null, ""), Kim, "r2");
            var refused = await account.ExecuteAsync(self, Token);
            Assert.Equal((Outcome.Refused, 2L, RefusalReason.SamePerson),
                (refused.Outcome, refused.ProposalSequence, refused.Refusal!.Reason));

            var again = await (await world.ActivateAsync()).ExecuteAsync(Down("r1"), Token);
            Assert.Equal((first.Outcome, first.ProposalSequence, first.Refusal),
                (again.Outcome, again.ProposalSequence, again.Refusal));
            again = await account.ExecuteAsync(self, Token);
            Assert.Equal((refused.Outcome, refused.ProposalSequence, refused.Refusal),
                (again.Outcome, again.ProposalSequence, again.Refusal));
        });

        [Fact]
        public Task With_another_body_is_a_conflict() => InWorld(async (_, account) =>
        {
            await account.ExecuteAsync(Down("r1"), Token);
            Assert.Equal(RefusalReason.RequestIdConflict,
                (await account.ExecuteAsync(Up("r1"), Token)).Refusal!.Reason);
        });
    }

    public sealed class Turns
    {
        [Fact]
        public Task A_storm_is_refused_at_once_while_reads_and_due_work_go_on() => InWorld(
            async (world, account) =>
            {
                world.Journal.BeforeAppend.Arm();
                var running = account.ExecuteAsync(Down(), Token);
                await world.Journal.BeforeAppend.Reached;
                var waiting = new[] { account.ExecuteAsync(Up(), Token), account.ExecuteAsync(Down(), Token) };
                var refused = account.ExecuteAsync(Up(), Token);
                Assert.True(refused.IsCompleted);
                var refusal = (await refused).Refusal!;
                Assert.Equal((RefusalReason.Overloaded, world.Limits.RetryAfter), (refusal.Reason, refusal.RetryAfter));
                Assert.Equal(AccountStatus.Active, account.View.State.Status);
                var due = account.FireDueAsync(Token);

                world.Journal.BeforeAppend.Release();
                Assert.Equal(Outcome.Done, (await running).Outcome);
                Assert.All(await Task.WhenAll(waiting), r => Assert.Equal(Outcome.Done, r.Outcome));
                await due;
                Assert.Equal(["registered", "hold-placed", "hold-lifted", "hold-placed"],
                    world.Journal.Entries(Stream).Select(e => e.Type));
            },
            new ProcessorLimits { QueueDepth = 2 });

        [Fact]
        public Task Whoever_cancels_in_the_queue_leaves_it_and_does_nothing() => InWorld(
            async (world, account) =>
            {
                world.Journal.BeforeAppend.Arm();
                var running = account.ExecuteAsync(Down(), Token);
                using var cancellation = new CancellationTokenSource();
                var leaves = account.ExecuteAsync(Up(), cancellation.Token);
                await cancellation.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
                var takesThePlace = account.ExecuteAsync(Down(), Token);
                Assert.False(takesThePlace.IsCompleted);
                world.Journal.BeforeAppend.Release();
                await running;
                Assert.Equal(RefusalReason.WrongStatus, (await takesThePlace).Refusal!.Reason);
                Assert.Equal(2, world.Journal.Entries(Stream).Length);
            },
            new ProcessorLimits { QueueDepth = 1 });

        [Fact]
        public Task Cancellation_after_the_append_was_handed_over_changes_nothing() => InWorld(async (world, account) =>
        {
            world.Journal.BeforeAppend.Arm();
            using var cancellation = new CancellationTokenSource();
            var command = account.ExecuteAsync(Down(), cancellation.Token);
            await world.Journal.BeforeAppend.Reached;
            await cancellation.CancelAsync();
            world.Journal.BeforeAppend.Release();
            Assert.Equal(Outcome.Done, (await command).Outcome);
        });

        [Fact]
        public Task A_full_store_is_an_overloaded_answer_and_the_account_goes_on() => InWorld(async (world, account) =>
        {
            world.Journal.FailNextAppend(AppendFault.Overloaded);
            var refusal = (await account.ExecuteAsync(Down("r1"), Token)).Refusal!;
            Assert.Equal((RefusalReason.Overloaded, TimeSpan.FromSeconds(2)), (refusal.Reason, refusal.RetryAfter));
            Assert.Equal(Outcome.Done, (await account.ExecuteAsync(Down("r1"), Token)).Outcome);
        });
    }

    public sealed class Fence
    {
        [Fact]
        public Task A_second_activation_is_fenced_and_nothing_is_doubled() => InWorld(async (world, first) =>
        {
            var second = await world.ActivateAsync();
            await first.ExecuteAsync(Down("r1"), Token);
            var same = await second.ExecuteAsync(Down("r1"), Token);
            Assert.Equal((Outcome.Done, AccountStatus.Deactivated), (same.Outcome, same.View.State.Status));
            Assert.True(second.IsFenced);
            Assert.False(first.IsFenced);
            Assert.Equal(2, world.Journal.Entries(Stream).Length);
        });

        [Fact]
        public Task What_lost_the_race_is_decided_again_on_what_is_there() => InWorld(async (world, first) =>
        {
            var second = await world.ActivateAsync();
            await first.ExecuteAsync(Down(), Token);
            Assert.Equal(RefusalReason.WrongStatus, (await second.ExecuteAsync(Down(), Token)).Refusal!.Reason);
            Assert.True(second.IsFenced);
        });

        [Fact]
        public Task An_instance_that_is_behind_does_not_refuse_a_restore() => InWorld(async (world, first) =>
        {
            var second = await world.ActivateAsync();
            await first.ExecuteAsync(Down(), Token);
            var restored = await second.ExecuteAsync(Up(), Token);
            Assert.Equal((Outcome.Done, AccountStatus.Active), (restored.Outcome, restored.View.State.Status));
            Assert.True(second.IsFenced);
        });

        [Fact]
        public Task Two_at_the_same_time_become_one() => InWorld(async (world, first) =>
        {
            var second = await world.ActivateAsync();
            world.Journal.BeforeAppend.Arm();
            var both = new[] { first.ExecuteAsync(Down(), Token), second.ExecuteAsync(Down(), Token) };
            await world.Journal.BeforeAppend.Reached;
            world.Journal.BeforeAppend.Release();
            var outcomes = (await Task.WhenAll(both)).Select(r => r.Outcome);
            Assert.Equal([Outcome.Done, Outcome.Refused], outcomes.Order());
            Assert.Single(new[] { first, second }, p => p.IsFenced);
            Assert.Equal(2, world.Journal.Entries(Stream).Length);
        });

        [Fact]
        public Task Losing_twice_is_overloaded_and_leaves_no_reservation() => InWorld(async (world, account) =>
        {
            var rival = await world.ActivateAsync();
            var isRival = false;
            world.Journal.OnAppend = append =>
            {
                // Whatever this account is about to append, the rival is a moment earlier, with a note of its own.
                if (!isRival && append.Stream == Stream)
                {
                    isRival = true;
                    AppendAttempt(world, append);
                    isRival = false;
                }
            };
            var result = await account.ExecuteAsync(Down("r1"), Token);
            world.Journal.OnAppend = null;
            Assert.Equal(RefusalReason.Overloaded, result.Refusal!.Reason);
            Assert.True(account.IsFenced);
            Assert.Equal(0, (await world.Desk.OfAsync(OperatorId.Parse("kim"))).View.HarmsInWindow);
            Assert.Equal(3, world.Journal.Entries(Stream).Length);
            Assert.Equal(AccountStatus.Active, rival.View.State.Status);
        });

        private static void AppendAttempt(World world, JournalAppend lost)
        {
            var encoded = new AccountEventCodec().Encode(
                new AccountEvent.AttemptRefused("erase", RefusalReason.ForbiddenRole, "No.", null));
            var entry = lost.Entries[0].Entry with
            {
                Type = encoded.Type,
                TypeVersion = encoded.TypeVersion,
                Payload = encoded.Payload,
                RequestId = null,
                RequestDigest = null,
            };
            entry = entry with { Hash = EntryHash.Compute(entry, world.Journal.Entries(Stream)[^1].Hash.Span) };
            Assert.Equal(AppendResult.Appended,
                world.Journal.AppendNow(lost with { Entries = [new PendingEntry(entry, null)] }));
        }
    }

    public sealed class Storage_failure
    {
        [Fact]
        public Task A_failed_append_is_thrown_and_the_journal_read_again_before_the_next_command() =>
            InWorld(async (world, account) =>
            {
                world.Journal.FailNextAppend(AppendFault.Unavailable);
                var failure = await Assert.ThrowsAsync<StorageUnavailableException>(
                    () => account.ExecuteAsync(Down(), Token));
                Assert.False(failure.OutcomeUnknown);
                world.Journal.ReadsFail = true;
                await Assert.ThrowsAsync<StorageUnavailableException>(() => account.ExecuteAsync(Down(), Token));
                world.Journal.ReadsFail = false;
                Assert.Equal(Outcome.Done, (await account.ExecuteAsync(Down(), Token)).Outcome);
            });

        [Fact]
        public Task After_an_unknown_outcome_readers_see_the_truth_as_soon_as_it_can_be_read() =>
            InWorld(async (world, account) =>
            {
                world.Journal.FailNextAppend(AppendFault.UnknownWritten);
                await Assert.ThrowsAsync<StorageUnavailableException>(() => account.ExecuteAsync(Down(), Token));
                Assert.Equal(AccountStatus.Active, account.View.State.Status);
                world.Journal.AfterRead.Arm();
                account.Recover();
                account.Recover();
                await world.Journal.AfterRead.Reached;
                world.Journal.AfterRead.Release();
                await account.RefreshAsync(2, Token);
                Assert.Equal(AccountStatus.Deactivated, account.View.State.Status);
            });

        [Fact]
        public Task A_view_is_settled_until_it_is_replaced_or_in_doubt() => InWorld(async (world, account) =>
        {
            var first = account.View;
            Assert.True(account.IsSettledOn(first));
            await account.ExecuteAsync(Down(), Token);
            Assert.False(account.IsSettledOn(first));
            Assert.True(account.IsSettledOn(account.View));

            world.Journal.FailNextAppend(AppendFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => account.ExecuteAsync(new(World.Restore(), World.Person("kim")), Token));
            Assert.False(account.IsSettledOn(account.View));
            await account.RefreshAsync(3, Token);
            Assert.True(account.IsSettledOn(account.View));

            world.Ledger.FailNextApply(LedgerFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(
                () => account.FollowAsync([new(new AccountId(7), true)], Token));
            Assert.False(account.IsSettledOn(account.View));
        });

        [Fact]
        public Task Recovery_is_tried_at_a_bounded_rate() => InWorld(async (world, account) =>
        {
            world.Journal.FailNextAppend(AppendFault.UnknownWritten);
            await Assert.ThrowsAsync<StorageUnavailableException>(() => account.ExecuteAsync(Down(), Token));
            world.Journal.ReadsFail = true;
            account.Recover();
            await Task.Yield();
            await Task.Yield();
            await Task.Yield();
            world.Journal.ReadsFail = false;
            var read = world.Journal.EntriesRead;
            account.Recover();
            await Task.Yield();
            await Task.Yield();
            Assert.Equal(read, world.Journal.EntriesRead);
            world.Clock.Advance(world.Limits.RetryAfter);
            account.Recover();
            await account.RefreshAsync(2, Token);
            Assert.Equal(read + 1, world.Journal.EntriesRead);
        });
    }
}
