using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Grains.Tests;

public sealed class OperatorGrainTests
{
    private static CancellationToken Never => CancellationToken.None;

    public sealed class Somebody_unknown : GridTest
    {
        [Fact]
        public async Task Has_no_authority_and_keeps_no_place()
        {
            for (var i = 0; i < 20; i++)
            {
                var info = await Grid.Operator($"stranger{i}").GetAsync(Never);
                Assert.Equal((Standing.Ended, Roles.None, 0L), (info.Standing, info.Roles, info.Version));
            }

            await Eventually.TrueAsync(async () => await Grid.ActivationsAsync(nameof(OperatorGrain)) == 0,
                "no activation of a stranger is left");
        }

        // Its activation ended after the first answer, and the runtime rejected the calls that waited behind it: a
        // service's takedowns were refused as STORAGE_UNAVAILABLE.
        [Fact]
        public async Task Is_asked_about_by_many_at_once()
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 500).Select(_ => Grid.Operator("stranger").AskAsync(0, null, Never).AsTask()));
            Assert.All(answers, static answer => Assert.Equal(Standing.Ended, answer.Standing));
        }

        [Fact]
        public async Task Stays_once_enrolled()
        {
            await Grid.Operator("kim").GetAsync(Never);
            await Grid.EnrollAsync("kim");
            await Task.Delay(2 * OperatorGrain.LifeOfUnknown, Xunit.TestContext.Current.CancellationToken);
            Assert.Equal(1, await Grid.ActivationsAsync(nameof(OperatorGrain)));
        }

        [Fact]
        public async Task Harms_nothing()
        {
            await Grid.RegisterAsync(1);
            var reply = await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("stranger"));
            Assert.Equal(RefusalReason.AuthorityEnded, reply.Refusal!.Reason);
        }
    }

    public sealed class Authority : GridTest
    {
        [Fact]
        public async Task Ends_between_two_commands_of_one_token()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("boss");
            await Grid.EnrollAsync("kim");
            Assert.Equal(Outcome.Done,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Outcome);

            var end = Grid.Clock.GetUtcNow().AddHours(1);
            Assert.Null(
                (await Grid.Operator("kim")
                    .ExecuteAsync(new OperatorInput.Offboard(end, ""), Callers.Staff("boss"), Never)).Refusal);
            Assert.Equal(Outcome.Done,
                (await Grid.Account(1).SendAsync(Callers.Restore(), Callers.Staff("kim"))).Outcome);
            Grid.Clock.Advance(TimeSpan.FromHours(2));
            Assert.Equal(RefusalReason.AuthorityEnded,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Refusal!.Reason);
        }

        [Fact]
        public async Task Is_asked_for_again_when_the_silo_of_the_record_goes_away_and_spends_the_budget_once()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            var asked = 0;
            Grid.CallFailure = method =>
                method == nameof(IOperatorGrain.AskAsync) && ++asked <= 3 ? new SiloUnavailableException() : null;
            Assert.Equal(Outcome.Done,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Outcome);
            Assert.Equal(4, asked);
            await Eventually.TrueAsync(
                async () => (await Grid.Operator("kim").GetAsync(Never)).HarmsInWindow == 1, "one harm is counted");
        }

        [Fact]
        public async Task That_was_not_answered_in_time_may_have_been_reserved_and_is_not_asked_for_again()
        {
            await Grid.RegisterAsync(1);
            await Grid.EnrollAsync("kim");
            var asked = 0;
            Grid.CallFailure = method =>
                method == nameof(IOperatorGrain.AskAsync) && ++asked > 0 ? new TimeoutException() : null;
            Assert.Equal(RefusalReason.StorageUnavailable,
                (await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Refusal!.Reason);
            Assert.Equal(1, asked);
        }

        [Fact]
        public async Task That_was_withdrawn_behind_an_activation_s_back_is_noticed_within_its_freshness()
        {
            await using var strict =
                await TestGrid.StartAsync(limits: new ProcessorLimits { AuthorityFreshness = TimeSpan.Zero });
            await strict.RegisterAsync(1);
            await strict.EnrollAsync("kim");
            await strict.EnrollAsync("boss");
            var duplicate = await strict.DuplicateOperatorAsync("kim");
            await duplicate.ExecuteAsync(
                new OperatorRequest(
                    new OperatorCommand.Offboard(strict.Clock.GetUtcNow(), ""),
                    new Caller(Actor.Operator(OperatorId.Parse("boss")), Roles.Admin)),
                Never);
            Assert.Equal(RefusalReason.AuthorityEnded,
                (await strict.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Refusal!.Reason);
        }

        [Fact]
        public async Task Of_two_admins_who_change_each_other_at_once_does_not_lock()
        {
            await Grid.EnrollAsync("ann");
            await Grid.EnrollAsync("bob");
            var end = Grid.Clock.GetUtcNow().AddDays(60);
            var both = await Task.WhenAll(
                Grid.Operator("bob").ExecuteAsync(new OperatorInput.Offboard(end, ""), Callers.Staff("ann"), Never),
                Grid.Operator("ann").ExecuteAsync(new OperatorInput.Offboard(end, ""), Callers.Staff("bob"), Never))
                    .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            Assert.All(both, b => Assert.Null(b.Refusal));
        }
    }

    public sealed class Budget : GridTest
    {
        [Fact]
        public async Task Is_spent_by_what_happened_alone_and_survives_the_end_of_the_activation()
        {
            await Grid.RegisterAsync(1);
            await Grid.RegisterAsync(2);
            await Grid.EnrollAsync("kim");
            await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"));

            // Refused after its budget was reserved: the account is down already.
            Assert.NotNull((await Grid.Account(1).SendAsync(Callers.Deactivate(), Callers.Staff("kim"))).Refusal);
            await Eventually.TrueAsync(
                async () => (await Grid.Operator("kim").GetAsync(Never)).HarmsInWindow == 1, "one harm is counted");

            await Grid.DeactivateAllAsync();
            await Eventually.TrueAsync(async () => await Grid.ActivationsAsync(nameof(OperatorGrain)) == 0,
                "the operator's activation has ended");
            Assert.Equal(1, (await Grid.Operator("kim").GetAsync(Never)).HarmsInWindow);
        }
    }

    public sealed class A_service
    {
        private static readonly CommandInput OwnerDown = new CommandInput.Harm(
            new(HarmKind.OwnerDeactivate, "OWNER_REQUEST", "", "", null, null), DirectOnly: false);

        private static readonly CommandInput OwnerUp =
            new CommandInput.Restore(Owner: true, [], "OWNER_REQUEST", "", "");

        // The grain of an unknown operator does not last, so that it reads the journal every second.
        [Fact]
        public async Task Is_looked_for_among_the_operators_once_within_the_freshness()
        {
            await using var grid = await TestGrid.StartAsync(
                limits: new ProcessorLimits { AuthorityFreshness = TimeSpan.FromMinutes(1) });
            var asked = 0;
            grid.CallFailure = method =>
            {
                asked += method == nameof(IOperatorGrain.AskAsync) ? 1 : 0;
                return null;
            };
            await grid.RegisterAsync(1);
            foreach (var command in new[] { OwnerDown, OwnerUp, OwnerDown, OwnerUp })
            {
                Assert.Equal(Outcome.Done, (await grid.Account(1).SendAsync(command, Callers.Service)).Outcome);
            }

            Assert.Equal(1, asked);
        }

        [Fact]
        public async Task That_has_the_subject_of_an_operator_does_not_act_for_the_owner()
        {
            await using var grid = await TestGrid.StartAsync(
                limits: new ProcessorLimits { AuthorityFreshness = TimeSpan.Zero });
            await grid.RegisterAsync(1);
            Assert.Equal(Outcome.Done, (await grid.Account(1).SendAsync(OwnerDown, Callers.Service)).Outcome);
            await grid.EnrollAsync(Callers.Service.Subject);
            Assert.Equal(RefusalReason.ForbiddenRole,
                (await grid.Account(1).SendAsync(OwnerUp, Callers.Service)).Refusal!.Reason);
        }
    }

    public sealed class A_record_that_cannot_be_read : GridTest
    {
        [Fact]
        public async Task Answers_unavailable_and_is_tried_again()
        {
            Grid.Journal.ReadFailure = s =>
                s.Value == "op/kim"
                    ? new StorageUnavailableException("read", null, isTransient: true, outcomeUnknown: false)
                    : null;
            var refused = await Assert.ThrowsAsync<GrainRefusedException>(() => Grid.Operator("kim").GetAsync(Never));
            Assert.Equal(RefusalReason.StorageUnavailable, refused.Refusal.Reason);

            Grid.Journal.ReadFailure = _ => null;
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        return (await Grid.Operator("kim").GetAsync(Never)).Version == 0;
                    }
                    catch (GrainRefusedException)
                    {
                        return false;
                    }
                },
                "the record is read");
        }

        [Fact]
        public async Task With_a_key_that_names_nobody_is_refused()
        {
            var refused = await Assert.ThrowsAsync<GrainRefusedException>(
                () => Grid.Grains.GetGrain<IOperatorGrain>("kim").GetAsync(Never));
            Assert.Equal(RefusalReason.InvalidArgument, refused.Refusal.Reason);
        }
    }
}
