using CsCheck;

namespace AccountGrid.Domain.Tests.Laws;

/// <summary>
/// The design's laws over random scripts. A failure prints the seed and the shrunk script. <see cref="LawsCanFail"/>
/// shows that each of these can fail.
/// </summary>
public sealed class LawTests
{
    [Fact]
    public void No_sequence_of_commands_harms_a_protected_account_with_fewer_than_two_then_authorised_people() =>
        Hold(Law.TwoToHarm);

    [Fact]
    public void Nothing_executes_for_somebody_whose_authority_ended() => Hold(Law.AuthorityEndsBeforeThePerson);

    [Fact]
    public void Nobody_with_a_staff_role_acts_as_an_owner() => Hold(Law.PeopleActAsPeople);

    [Fact]
    public void Whoever_may_restore_is_never_refused_for_budget_tier_proposal_or_notice() => HoldAlways(Law.OneToHeal);

    [Fact]
    public void Folding_gives_the_same_state_twice_and_from_any_snapshot() => Hold(Law.FoldingIsRepeatable);

    [Fact]
    public void A_request_id_acts_at_most_once() => Hold(Law.ARequestIdActsOnce);

    [Fact]
    public void A_request_id_that_was_refused_for_state_or_power_is_refused_for_good() => Hold(Law.ARefusalIsFinal);

    [Fact]
    public void Versions_have_no_gap_and_the_state_version_moves_with_movements_only() =>
        Hold(Law.VersionsTellTheTruth);

    [Fact]
    public void The_ends_of_suspensions_move_as_told() => Hold(Law.EndsOfSuspensionsMoveAsTold);

    [Fact]
    public void The_status_follows_the_precedence_of_holds() => HoldAlways(Law.StatusFollowsThePrecedence);

    [Fact]
    public void Nobody_harms_more_within_a_window_than_the_budget_allows() => Hold(Law.BudgetsHold);

    [Fact]
    public void What_time_does_is_recorded_as_the_systems_act() => Hold(Law.TimeActsAsTheSystem);

    /// <summary>
    /// Laws about harms are empty if scripts cause none: these scripts must reach every event and every refusal that
    /// rules can give.
    /// </summary>
    [Fact]
    public void The_scripts_reach_every_event_and_every_refusal()
    {
        string[] expected =
        [
            "HoldPlaced", "HoldLifted", "SuspensionProlonged", "SuspensionShortened", "Erased", "ProtectionRaised",
            "ProtectionLowered", "ProposalOpened", "ProposalApproved", "ActionScheduled", "ReachProtected",
            "ReachBelow", "ReachUnprotected", "ProposalClosed", "AttemptRefused", "Replayed", "Rejected", "Withdrawn",
            "Expired", "Void", "Refused", "protected takedown", "ForbiddenRole", "AuthorityEnded", "NoticePeriod",
            "NeedsSecondPerson", "SamePerson", "ProposalExpired", "ProposalVoid", "BudgetExceeded", "ReachExceeded",
            "VersionMismatch", "RequestIdConflict", "NotFound", "AlreadyExists", "WrongStatus",
        ];
        var unseen = expected.ToHashSet();
        for (var round = 0; round < 20 && unseen.Count > 0; round++)
        {
            Script.Moves.Sample(moves => unseen.ExceptWith(SeenIn(Script.Run(moves))), iter: 1_500, threads: 1);
        }

        Assert.Empty(unseen);
    }

    private static IEnumerable<string> SeenIn(World world) => world.Steps.SelectMany(static step =>
        step.Appended.SelectMany(static entry => NamesOf(entry.Event))
            .Append(step.Refusal?.Reason.ToString() ?? step.Decision.GetType().Name));

    private static string[] NamesOf(AccountEvent e) => e switch
    {
        AccountEvent.ProposalClosed closed => [nameof(AccountEvent.ProposalClosed), closed.State.ToString()],
        AccountEvent.HoldPlaced { ApprovedBy: not null, Impact.Tier: Tier.Protected } =>
            [nameof(AccountEvent.HoldPlaced), "protected takedown"],
        _ => [e.GetType().Name],
    };

    private static void Hold(Action<World> law) => Script.Moves.Sample(moves => law(Script.Run(moves)), iter: 2000);

    private static void HoldAlways(Action<World> law) =>
        Script.Moves.Sample(moves => Script.Run(moves, afterEach: law), iter: 500);
}
