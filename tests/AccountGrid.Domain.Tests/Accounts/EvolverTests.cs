namespace AccountGrid.Domain.Tests.Accounts;

/// <summary>A damaged journal does not fold in silence.</summary>
public sealed class EvolverTests
{
    private static readonly AccountState Known =
        AccountEvolver.Evolve(AccountState.Unregistered(new(1)), Entry(1, new AccountEvent.Registered("somebody")));

    [Theory]
    [InlineData(1), InlineData(3), InlineData(0)]
    public void A_gap_or_a_repetition_is_an_error(long sequence) =>
        Assert.Throws<InvalidOperationException>(
            () => AccountEvolver.Evolve(Known, Entry(sequence, Placed(HarmKind.Suspend))));

    [Fact]
    public void A_second_hold_of_a_kind_is_an_error()
    {
        var down = AccountEvolver.Evolve(Known, Entry(2, Placed(HarmKind.Suspend)));

        Assert.Throws<InvalidOperationException>(() => AccountEvolver.Evolve(down, Entry(3, Placed(HarmKind.Suspend))));
    }

    [Fact]
    public void A_hold_that_is_none_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => AccountEvolver.Evolve(Known, Entry(2, Placed(HarmKind.Erase))));

    [Fact]
    public void A_lift_of_nothing_is_an_error() => Assert.Throws<InvalidOperationException>(
        () => AccountEvolver.Evolve(
            Known, Entry(2, new AccountEvent.HoldLifted(HoldKind.Suspension, LiftCause.Staff, "ERROR", "", "", 0))));

    [Fact]
    public void The_end_of_a_proposal_that_is_not_pending_is_an_error()
    {
        Assert.Throws<InvalidOperationException>(
            () =>
                AccountEvolver.Evolve(
                    Known, Entry(2,
                        new AccountEvent.ProposalClosed(1, ProposalState.Void, RefusalReason.ProposalVoid, ""))));
        Assert.Throws<InvalidOperationException>(
            () =>
                AccountEvolver.Evolve(
                    Known, Entry(2, new AccountEvent.ProposalApproved(1, "", DateTimeOffset.UnixEpoch))));
    }

    [Fact]
    public void Closed_proposals_are_remembered_up_to_the_limit()
    {
        var state = Known;
        for (var i = 0; i < Limits.RememberedProposals + 3; i++)
        {
            var opened = Entry(state.Version + 1,
                new AccountEvent.ProposalOpened(Commands.Action(HarmKind.Erase), "", new(1, Tier.Standard), default));
            state = AccountEvolver.Evolve(state, opened);
            state = AccountEvolver.Evolve(state, Entry(
                state.Version + 1, new AccountEvent.ProposalClosed(
                    opened.Sequence, ProposalState.Rejected, RefusalReason.None, "")));
        }

        Assert.Equal(Limits.RememberedProposals, state.ClosedProposals.Length);
        Assert.Equal(state.Version - 1, state.ClosedProposals[^1].Sequence);
    }

    [Fact]
    public void The_due_time_is_the_earliest_of_all()
    {
        var soon = DateTimeOffset.UnixEpoch.AddHours(1);
        var state = AccountEvolver.Evolve(Known, Entry(2, new AccountEvent.HoldPlaced(
            Commands.Action(HarmKind.Suspend, until: soon.AddHours(1)), Actor.System, null, null,
            new(1, Tier.Standard))));
        Assert.Equal(soon.AddHours(1), state.DueAt);

        state = AccountEvolver.Evolve(
            state, Entry(3,
                new AccountEvent.ActionScheduled(
                    Commands.Action(HarmKind.Deactivate), "", new(1, Tier.Standard), soon)));
        Assert.Equal(soon, state.DueAt);
    }

    private static AccountEvent.HoldPlaced Placed(HarmKind kind) =>
        new(Commands.Action(kind), Actor.System, null, null, new(1, Tier.Standard));

    private static Recorded<AccountEvent> Entry(long sequence, AccountEvent e) =>
        new(e, sequence, DateTimeOffset.UnixEpoch, Actor.System);
}
