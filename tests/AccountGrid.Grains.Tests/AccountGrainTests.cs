using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains.Tests;

public sealed class AccountGrainTests
{
    private static CancellationToken Never => CancellationToken.None;

    public sealed class Turns : GridTest
    {
        [Fact]
        public async Task Commands_on_one_account_reach_the_store_one_at_a_time_and_in_order()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            var hold = Grid.Journal.HoldBack(1);
            var down = Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            await hold.WaitForArrivalAsync();
            var up = Grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"));

            // The second command has had every chance to overtake: reads that were sent after it are answered.
            await Grid.Account(1).ReadAsync();
            Assert.Single(hold.Arrived);

            hold.Release();
            Assert.Equal(AccountStatus.Deactivated, (await down).Account!.Status);
            Assert.Equal(AccountStatus.Active, (await up).Account!.Status);
        }

        [Fact]
        public async Task A_command_that_is_cancelled_in_the_queue_never_runs()
        {
            await using var small = await TestGrid.StartAsync(limits: new ProcessorLimits { QueueDepth = 1 });
            await small.RegisterAsync(1);
            await small.EnrollAsync("kim");
            var hold = small.Journal.HoldBack(1);
            var down = small.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            await hold.WaitForArrivalAsync();
            using var cancel = new CancellationTokenSource();
            var up = small.Account(1).ExecuteAsync(Callers.Restore(), Callers.Staff("kim"), null, null, cancel.Token);
            await small.Account(1).ReadAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => up);

            // The caller is free at once; the grain hears of it by a message of its own. Once it has, the only place in
            // the queue is free again.
            var next = new CommandInput.Protect(null, "OTHER", "", "", small.Clock.GetUtcNow().AddDays(1));
            Task<CommandReply> queued;
            do
            {
                queued = small.Account(1).SendAsync(next, Callers.Staff("kim"));
                await Task.WhenAny(queued, Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
            }
            while (queued.IsCompleted);

            hold.Release();
            await down;
            Assert.Null((await queued).Refusal);
            Assert.Equal(AccountStatus.Deactivated, (await small.Account(1).ReadAsync()).Status);
        }

        [Fact]
        public async Task A_full_queue_refuses_at_once_with_a_delay_while_reads_go_on()
        {
            await using var small = await TestGrid.StartAsync(limits: new ProcessorLimits { QueueDepth = 4 });
            await small.RegisterAsync(1);
            await small.EnrollAsync("kim");
            var hold = small.Journal.HoldBack(1);
            var running = small.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            await hold.WaitForArrivalAsync();
            var waiting = Enumerable.Range(0, 4)
                .Select(_ => small.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"))).ToArray();

            var refused = await small.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"));

            Assert.Equal(RefusalReason.Overloaded, refused.Refusal!.Reason);
            Assert.True(refused.Refusal.RetryAfter > TimeSpan.Zero);
            Assert.Equal(AccountStatus.Active, (await small.Account(1).ReadAsync()).Status);
            Assert.All(waiting, w => Assert.False(w.IsCompleted));
            hold.Release();
            await Task.WhenAll([running, .. waiting]);
        }
    }

    public sealed class Reads : GridTest
    {
        [Fact]
        public async Task Are_answered_from_the_last_view_while_a_command_waits_for_the_disk()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            var hold = Grid.Journal.HoldBack(1);
            var down = Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            await hold.WaitForArrivalAsync();

            Assert.Equal(AccountStatus.Active, (await Grid.Account(1).ReadAsync()).Status);
            Assert.NotNull((await Grid.Account(1).VisitAsync(Never)).Value);

            hold.Release();
            await down;
            Assert.Equal(AccountStatus.Deactivated, (await Grid.Account(1).ReadAsync()).Status);
        }

        [Fact]
        public async Task Of_one_view_say_the_same_and_of_the_next_one_what_is_new()
        {
            await Grid.RegisterAsync(1);
            var first = await Grid.Account(1).GetAsync(0, Never);
            Assert.Equal(first, await Grid.Account(1).GetAsync(0, Never));

            await Grid.Account(1).FollowAsync([new(7, true)], Callers.Service, Never);
            Assert.Equal(1, (await Grid.Account(1).ReadAsync()).Followers.Count);
            Assert.Equal(1, (await Grid.Account(1).VisitAsync(Never)).Value!.Followers.Count);
        }

        [Fact]
        public async Task That_ask_for_a_newer_version_wait_until_it_is_loaded()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            Assert.Equal(1, (await Grid.Account(1).ReadAsync()).Version);
            var elsewhere = await Grid.DuplicateAsync(1);
            var done = await elsewhere.ExecuteAsync(Request(Callers.Deactivate(), "kim"), Never);

            Assert.Equal(1, (await Grid.Account(1).ReadAsync()).Version);
            Assert.Equal(AccountStatus.Deactivated,
                (await Grid.Account(1).ReadAsync(minVersion: done.View.State.Version)).Status);
        }

        [Fact]
        public async Task By_a_visitor_tell_nothing_of_an_account_that_is_down_and_are_counted()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));

            var down = await Grid.Account(1).VisitAsync(Never);
            var unknown = await Assert.ThrowsAsync<GrainRefusedException>(
                () => Grid.Account(2).VisitAsync(Never).AsTask());
            Assert.Equal(unknown.Refusal with { Message = "There is no account 1." }, down.Refusal);
            Assert.Null(down.Value);

            await Grid.Account(1).VisitAsync(Never);
            await Grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"));
            var incidents = await Grid.Account(1).ReadIncidentsAsync(10, Never);
            Assert.Equal(2, Assert.Single(incidents.Value!.Incidents).ReadsRefused);
        }
    }

    public sealed class Identity : GridTest
    {
        [Fact]
        public async Task Comes_from_the_explicit_argument_alone()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.EnrollAsync("admin");
            try
            {
                // Whatever a caller puts into the ambient context, under whatever name.
                foreach (var name in (string[])["subject", "sub", "caller", "roles", "identity", "ag.caller"])
                {
                    RequestContext.Set(name, "admin");
                }

                var refused = await Grid.Account(1)
                    .SendAsync(Callers.Deactivate(), Callers.Staff("kim", Roles.Auditor));
                Assert.Equal(RefusalReason.ForbiddenRole, refused.Refusal!.Reason);
                await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            }
            finally
            {
                RequestContext.Clear();
            }

            var journal = await Grid.Account(1).ReadJournalAsync(0, 10, Never);
            Assert.Equal(["kim", "kim", "web"], journal.Value!.Entries.Select(e => e.Actor.Subject));
        }

        [Fact]
        public async Task With_a_malformed_subject_is_refused_by_field()
        {
            await Grid.RegisterAsync(1);
            var reply = await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim\nroot"));
            Assert.Equal((RefusalReason.InvalidArgument, "subject"), (reply.Refusal!.Reason, reply.Refusal.Field));
        }

        [Fact]
        public async Task Of_follows_needs_the_service_role()
        {
            await Grid.RegisterAsync(1);
            var reply = await Grid.Account(1).FollowAsync([new(2, true)], Callers.Staff("kim"), Never);
            Assert.Equal(RefusalReason.ForbiddenRole, reply.Refusal!.Reason);
        }

        [Fact]
        public async Task Brings_the_trace_into_the_journal_where_nobody_exports_traces()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            var caller = Callers.Staff("kim") with
            {
                TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            };
            await Grid.Account(1).SendAsync(Callers.Deactivate(), caller);
            var journal = await Grid.Account(1).ReadJournalAsync(0, 1, Never);
            Assert.Equal("0af7651916cd43dd8448eb211c80319c", journal.Value!.Entries[0].TraceId);
        }
    }

    public sealed class Fence : GridTest
    {
        [Fact]
        public async Task An_activation_that_was_overtaken_decides_on_what_is_there_and_ends()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).ReadAsync();
            var duplicate = await Grid.DuplicateAsync(1);
            await duplicate.ExecuteAsync(Request(Callers.Deactivate(), "kim"), Never);

            // The grain still believes that the account is up, so this is its second entry, and meets the other's.
            var reply = await Grid.Account(1).SendAsync(
                new CommandInput.Protect(null, "OTHER", "", "", Grid.Clock.GetUtcNow().AddDays(1)),
                Callers.Staff("kim"));

            Assert.Equal(Outcome.Done, reply.Outcome);
            Assert.Equal((3L, AccountStatus.Deactivated), (reply.Account!.Version, reply.Account.Status));
            await Eventually.TrueAsync(
                async () => await Grid.ActivationsAsync(nameof(AccountGrain)) == 0, "the fenced activation has ended");
            Assert.Equal((3L, AccountStatus.Deactivated),
                ((await Grid.Account(1).ReadAsync()).Version, (await Grid.Account(1).ReadAsync()).Status));
            Assert.Contains(Grid.Logs.Lines, l => l.Id.Id == 2003);
        }
    }

    public sealed class Damage : GridTest
    {
        [Fact]
        public async Task Of_one_journal_puts_one_account_out_of_service_and_raises_an_alert()
        {
            await Grid.RegisterAsync(1);
            await Grid.RegisterAsync(2);
            await Grid.EnrollAsync("kim");
            Grid.Journal.Bend = e => e.Stream.Value == "a/1" ? e with { RequestId = "forged" } : e;

            var read = await Grid.Account(1).GetAsync(0, Never);
            Assert.Equal(RefusalReason.StorageUnavailable, read.Refusal!.Reason);
            Assert.Contains("damaged", read.Refusal.Message, StringComparison.Ordinal);
            Assert.Equal(RefusalReason.StorageUnavailable,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Refusal!.Reason);
            Assert.Equal(RefusalReason.StorageUnavailable,
                (await Grid.Account(1).FollowAsync([new(5, true)], Callers.Service, Never)).Refusal!.Reason);
            Assert.Contains(Grid.Logs.Lines, l => l.Id.Id == 2001 && l.Level == LogLevel.Critical);

            // Nobody else notices, an auditor still sees the entries, and once repaired it serves again.
            Assert.Equal(Outcome.Done,
                (await Grid.Account(2).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Outcome);
            Assert.Single((await Grid.Account(1).ReadJournalAsync(0, 10, Never)).Value!.Entries);
            Grid.Journal.Bend = e => e;
            await Eventually.TrueAsync(async () => (await Grid.Account(1).GetAsync(0, Never)).Refusal is null,
                "the repaired account serves again");
        }
    }

    public sealed class Storage : GridTest
    {
        [Fact]
        public async Task That_fails_an_append_refuses_the_command_and_takes_nothing_else_down()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            Grid.Journal.AppendFailure = new StorageUnavailableException(
                "append", null, isTransient: true, outcomeUnknown: true);
            var failed = await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"), "r1");
            Assert.Equal(RefusalReason.StorageUnavailable, failed.Refusal!.Reason);
            Assert.Contains("requestId", failed.Refusal.Message, StringComparison.Ordinal);
            Assert.Equal(AccountStatus.Active, (await Grid.Account(1).ReadAsync()).Status);

            Grid.Journal.AppendFailure = null;
            Assert.Equal(Outcome.Done,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"), "r1")).Outcome);
            var again = await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"), "r1");
            Assert.Equal((Outcome.Done, 2L), (again.Outcome, again.Account!.Version));
        }

        [Fact]
        public async Task That_cannot_load_an_account_is_tried_again_by_the_next_call()
        {
            await Grid.RegisterAsync(1);
            Grid.Journal.ReadFailure = _ =>
                new StorageUnavailableException("read", null, isTransient: true, outcomeUnknown: false);
            var refused = await Grid.Account(1).GetAsync(0, Never);
            Assert.Equal(RefusalReason.StorageUnavailable, refused.Refusal!.Reason);

            Grid.Journal.ReadFailure = _ => null;
            await Eventually.TrueAsync(
                async () => (await Grid.Account(1).GetAsync(0, Never)).Value is not null, "the account is loaded");
        }

        [Fact]
        public async Task That_cannot_say_what_a_person_may_do_means_that_nothing_is_done()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).ReadAsync();
            await Grid.DeactivateAllAsync();
            await Eventually.TrueAsync(async () => await Grid.ActivationsAsync(nameof(OperatorGrain)) == 0,
                "the operator's activation has ended");
            Grid.Journal.ReadFailure = s =>
                s.Value == "op/kim"
                    ? new StorageUnavailableException("read", null, isTransient: true, outcomeUnknown: false)
                    : null;

            var refused = await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            Assert.Equal(RefusalReason.StorageUnavailable, refused.Refusal!.Reason);
            Assert.Equal(AccountStatus.Active, (await Grid.Account(1).ReadAsync()).Status);
        }
    }

    private static AccountRequest Request(CommandInput command, string person)
    {
        var harm = ((CommandInput.Harm)command).Action;
        return new(new AccountCommand.Harm(new HarmAction(harm.Kind, harm.Reason, harm.Note, harm.Ticket), false),
            new Caller(Actor.Operator(OperatorId.Parse(person)), Roles.Staff));
    }
}
