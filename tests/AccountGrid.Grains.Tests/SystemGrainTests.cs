using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Grains.Tests;

public sealed class SystemGrainTests
{
    private static CancellationToken Never => CancellationToken.None;

    public sealed class Due_work : GridTest
    {
        [Fact]
        public async Task Ends_a_suspension_as_the_system_s_act()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).SendAsync(Callers.Suspend(Grid.Clock.GetUtcNow().AddHours(1)), Callers.Staff("kim"));
            await TickAsync();
            Assert.Equal(AccountStatus.Suspended, (await Grid.Account(1).ReadAsync()).Status);

            Grid.Clock.Advance(TimeSpan.FromHours(2));
            await TickAsync();

            Assert.Equal(AccountStatus.Active, (await Grid.Account(1).ReadAsync()).Status);
            var last = (await Grid.Account(1).ReadJournalAsync(0, 1, Never)).Value!.Entries[0];
            Assert.Equal(("hold-lifted", ActorKind.System), (last.Type, last.Actor.Kind));
        }

        [Fact]
        public async Task Wakes_an_account_whose_activation_is_gone()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).SendAsync(Callers.Suspend(Grid.Clock.GetUtcNow().AddHours(1)), Callers.Staff("kim"));
            await Grid.DeactivateAllAsync();
            Grid.Clock.Advance(TimeSpan.FromHours(2));
            await TickAsync();
            Assert.Equal(AccountStatus.Active, (await Grid.Account(1).ReadAsync()).Status);
        }

        [Fact]
        public async Task Of_one_account_that_fails_holds_up_no_other_and_is_done_later()
        {
            await Grid.EnrollAsync("kim");
            for (var id = 1; id <= 40; id++)
            {
                await Grid.RegisterAsync(id);
                await Grid.Account(id)
                    .SendAsync(Callers.Suspend(Grid.Clock.GetUtcNow().AddHours(1)), Callers.Staff("kim"));
                if (id % 20 == 0)
                {
                    Grid.Clock.Advance(TimeSpan.FromMinutes(61));
                    await TickAsync();
                }
            }

            await Grid.Account(7).SendAsync(Callers.Suspend(Grid.Clock.GetUtcNow().AddHours(1)), Callers.Staff("kim"));
            await Grid.Account(8).SendAsync(Callers.Suspend(Grid.Clock.GetUtcNow().AddHours(1)), Callers.Staff("kim"));
            await Grid.DeactivateAllAsync();
            Grid.Journal.ReadFailure = s =>
                s.Value == "a/7"
                    ? new StorageUnavailableException("read", null, isTransient: true, outcomeUnknown: false)
                    : null;
            Grid.Clock.Advance(TimeSpan.FromHours(2));
            await TickAsync();
            Assert.Equal(AccountStatus.Active, (await Grid.Account(8).ReadAsync()).Status);

            Grid.Journal.ReadFailure = _ => null;
            Grid.Clock.Advance(TimeSpan.FromMinutes(5));
            await Eventually.TrueAsync(
                async () =>
                {
                    await TickAsync();
                    return (await Grid.Account(7).GetAsync(0, Never)).Value?.Status == AccountStatus.Active;
                },
                "the failed account is done");
        }

        [Fact]
        public async Task Voids_what_an_offboarded_person_left_pending_and_confirms_it()
        {
            await Grid.EnrollAsync("boss");
            await Grid.EnrollAsync("kim");
            for (var id = 1; id <= 3; id++)
            {
                await Grid.RegisterAsync(id);
                Assert.Equal(Outcome.Pending,
                    (await Grid.Account(id)
                        .SendAsync(Callers.Erase(), Callers.Staff(id == 3 ? "boss" : "kim"))).Outcome);
            }

            await Grid.Operator("kim")
                .ExecuteAsync(new OperatorInput.Offboard(Grid.Clock.GetUtcNow().AddDays(30), ""), Callers.Staff("boss"),
                    Never);
            Assert.True((await Grid.Operator("kim").GetAsync(Never)).FreezePending);
            await TickAsync();

            Assert.Null((await Grid.Account(1).ReadAsync()).Proposal);
            Assert.Null((await Grid.Account(2).ReadAsync()).Proposal);
            Assert.NotNull((await Grid.Account(3).ReadAsync()).Proposal);
            Assert.False((await Grid.Operator("kim").GetAsync(Never)).FreezePending);
        }

        private Task TickAsync() => Grid.Grains.GetGrain<IDueWorkGrain>(0).TickAsync(Never);
    }

    public sealed class Directory : GridTest
    {
        private IDirectoryGrain Index => Grid.Grains.GetGrain<IDirectoryGrain>(0);

        [Fact]
        public async Task Pages_through_accounts_by_filter()
        {
            await Grid.EnrollAsync("kim");
            for (var id = 1; id <= 5; id++)
            {
                await Grid.RegisterAsync(id);
            }

            await Grid.Account(3).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            var first = await Index.ListAccountsAsync(new(null, null, "USER_"), 0, 3, Never);
            Assert.Equal("1 2 3, next 3", $"{string.Join(' ', first.Ids)}, next {first.Next}");
            var rest = await Index.ListAccountsAsync(new(null, null, "USER_"), first.Next, 3, Never);
            Assert.Equal("4 5, next 0", $"{string.Join(' ', rest.Ids)}, next {rest.Next}");
            Assert.Equal(3,
                Assert.Single(
                    (await Index.ListAccountsAsync(new(AccountStatus.Deactivated, null, null), 0, 10, Never)).Ids));
            Assert.Equal(3,
                Assert.Single((await Index.ListHarmedAsync("kim", DateTimeOffset.UnixEpoch, 0, 10, Never)).Ids));
            Assert.Empty((await Index.ListHarmedAsync("no body", DateTimeOffset.UnixEpoch, 0, 10, Never)).Ids);
        }

        [Fact]
        public async Task Lists_operators_as_their_own_grains_answer_them()
        {
            foreach (var name in (string[])["ann", "bob", "cid"])
            {
                await Grid.EnrollAsync(name);
            }

            var page = await Index.ListOperatorsAsync("", 2, Never);
            Assert.Equal("ann bob, next bob",
                $"{string.Join(' ', page.Operators.Select(o => o.Id))}, next {page.Next}");
            var rest = await Index.ListOperatorsAsync("bob", 2, Never);
            Assert.Equal("cid, next ", $"{string.Join(' ', rest.Operators.Select(o => o.Id))}, next {rest.Next}");
        }

        [Fact]
        public async Task Reads_authority_from_the_journal_as_the_persons_own_grain_answers_it()
        {
            await Grid.EnrollAsync("boss");
            await Grid.EnrollAsync("ann");
            var before = await Index.ReadAuthorityAsync("ann", Never);
            var record = await Grid.Operator("ann").GetAsync(Never);
            Assert.Equal(new AuthorityInfo(record.Standing, record.Roles, null, null), before);
            Assert.Equal(Standing.Active, before.Standing);

            var offboard = new OperatorInput.Offboard(Grid.Clock.GetUtcNow() + TimeSpan.FromDays(1), "");
            Assert.Null((await Grid.Operator("ann").ExecuteAsync(offboard, Callers.Staff("boss"), Never)).Refusal);
            Assert.Equal(Standing.Notice, (await Index.ReadAuthorityAsync("ann", Never)).Standing);
            Grid.Clock.Advance(TimeSpan.FromDays(1));
            Assert.Equal(Standing.Ended, (await Index.ReadAuthorityAsync("ann", Never)).Standing);
            foreach (var unknown in (string[])["bob", "no body", ""])
            {
                var none = new AuthorityInfo(Standing.Ended, Roles.None, null, null);
                Assert.Equal(none, await Index.ReadAuthorityAsync(unknown, Never));
            }
        }

        [Fact]
        public async Task Feed_waits_for_the_next_entry_while_other_questions_are_answered()
        {
            var head = await Index.ReadFeedHeadAsync(Never);
            var waiting = Index.ReadFeedAsync(head, 10, TimeSpan.FromSeconds(20), Never);
            for (var i = 0; i < 8; i++)
            {
                _ = Index.ReadFeedAsync(head, 10, TimeSpan.FromSeconds(20), Never);
            }

            Assert.Empty((await Index.ListAccountsAsync(new(null, null, null), 0, 10, Never)).Ids);
            Assert.False(waiting.IsCompleted);
            await Grid.RegisterAsync(1);
            var page = await waiting;
            Assert.Equal(("registered", head + 1), (Assert.Single(page.Entries).Type, page.Next));
        }

        [Fact]
        public async Task Feed_answers_an_empty_page_when_nothing_came_in_time()
        {
            var page = await Index.ReadFeedAsync(0, 10, TimeSpan.FromMilliseconds(50), Never);
            Assert.Empty(page.Entries);
            Assert.Equal(0, page.Next);
        }

        [Fact]
        public async Task Audit_lists_newest_first_by_subject()
        {
            await Grid.EnrollAsync("kim");
            await Grid.RegisterAsync(1);
            await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));
            await Grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"));
            var page = await Index.ListAuditAsync(new(null, "kim", null, null, null), 0, 10, Never);
            Assert.Equal(["hold-lifted", "hold-placed"], page.Entries.Select(e => e.Type));
            Assert.Empty((await Index.ListAuditAsync(new("nonsense", null, null, null, null), 0, 10, Never)).Entries);
        }
    }

    public sealed class Audit : GridTest
    {
        private IAuditGrain Auditor => Grid.Grains.GetGrain<IAuditGrain>(0);

        [Fact]
        public async Task Makes_a_checkpoint_only_when_something_was_appended_and_verifies_it()
        {
            await Grid.RegisterAsync(1);
            var made = await Auditor.MakeCheckpointAsync(Never);
            Assert.Equal((1L, 1L), (made!.Number, made.Position));
            Assert.Null(await Auditor.MakeCheckpointAsync(Never));

            var verified = (await Auditor.VerifyAsync(Never)).Value!;
            Assert.True(verified.Intact, verified.Problem);
            Assert.Equal((1L, 1L), (verified.Entries, verified.Checkpoints));
            Assert.Equal(1, Assert.Single((await Auditor.ListCheckpointsAsync(0, 10, Never)).Checkpoints).Number);
        }

        [Fact]
        public async Task Names_the_entry_that_was_changed_in_the_file_and_raises_an_alert()
        {
            await Grid.RegisterAsync(1);
            await Grid.RegisterAsync(2);
            await Auditor.MakeCheckpointAsync(Never);
            Grid.TamperWithFile(
                "DROP TRIGGER journal_is_never_changed; UPDATE journal SET payload = CAST(replace(CAST(payload AS TEXT), 'user_2', 'user_3') AS BLOB)");

            var verified = (await Auditor.VerifyAsync(Never)).Value!;
            Assert.Equal((false, "ENTRY_CHANGED", "a/2", 1L),
                (verified.Intact, verified.ProblemKind, verified.Stream, verified.Sequence));
            Assert.Contains(Grid.Logs.Lines, l => l.Id.Id == 2203);
        }
    }

    public sealed class Reconciler
    {
        [Fact]
        public async Task Works_in_one_silo_for_all_and_tells_of_drift_without_mending_it()
        {
            await using var grid = await TestGrid.StartAsync(silos: 2);
            for (var id = 1; id <= 3; id++)
            {
                await grid.RegisterAsync(id);
                await grid.Account(id).FollowAsync([new(11, true), new(12, true)], Callers.Service, Never);
            }

            grid.TamperWithFile("DELETE FROM follower WHERE account = 2 AND follower = 12");
            for (var silo = 0; silo < 2; silo++)
            {
                await grid.Services(silo).GetRequiredService<IGrainFactory>().GetGrain<IReconcilerGrain>(0)
                    .TickAsync(Never);
            }

            Assert.Equal(1, await grid.ActivationsAsync(nameof(ReconcilerGrain)));
            var line = Assert.Single(grid.Logs.Lines, static l => l.Id == 2401);
            Assert.StartsWith(
                "DRIFT: account 2 shows 2 followers and has 1 edges", line.Message, StringComparison.Ordinal);
            Assert.Equal(2, (await grid.Account(2).ReadAsync()).Followers.Count);
        }
    }
}
