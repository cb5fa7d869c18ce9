namespace AccountGrid.Conformance.Wire;

/// <summary>Taking accounts down and bringing them back: staff, owners, time.</summary>
public abstract class HoldSuite(Topology topology) : WireSuite(topology)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    [Theory, BothProtocols]
    public async Task Deactivate_places_a_hold_and_restore_lifts_it(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 5);
        var down = await cast.Kim.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "IMPERSONATION", Note = "looks like another", Ticket = "T-7" }, Options);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Deactivated), (down.Outcome, down.Account.Status));
        Assert.Null(down.Proposal);
        var hold = Assert.Single(down.Account.Holds);
        Assert.Equal((V1.Hold.Types.Kind.StaffDeactivation, "IMPERSONATION"), (hold.Kind, hold.Reason));
        Assert.Equal((V1.Actor.Types.Kind.Operator, cast.Kim.Name, ""),
            (hold.PlacedBy.Kind, hold.PlacedBy.Subject, hold.ApprovedBy));
        Assert.Equal(5, down.Account.Followers.Count);
        Assert.Equal(down.Account, await cast.ReadAsync(id));

        var up = await cast.Lee.UpAsync(id);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Active), (up.Outcome, up.Account.Status));
        Assert.Empty(up.Account.Holds);
        Assert.Equal((5L, V1.FollowerCount.Types.Quality.Exact),
            (up.Account.Followers.Count, up.Account.Followers.Quality));
        Assert.NotEqual(down.Account.Etag, up.Account.Etag);
    }

    [Theory, BothProtocols]
    public async Task A_suspension_ends_at_its_time_by_the_system(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var until = In(Soon);
        var suspended =
            await cast.Kim.Wire.Accounts.SuspendAccountAsync(
                new() { Id = id, Reason = "ABUSE", Until = until }, Options);
        Assert.Equal((V1.Account.Types.Status.Suspended, V1.Hold.Types.Kind.Suspension),
            (suspended.Account.Status, Assert.Single(suspended.Account.Holds).Kind));
        var lifted = await cast.EventAsync(id, "hold-lifted");
        Assert.Equal(V1.Actor.Types.Kind.System, lifted.Actor.Kind);
        Assert.True(lifted.At.ToDateTimeOffset() >= suspended.Account.Holds[0].Until.ToDateTimeOffset());
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        var incident =
            Assert.Single((await cast.Kim.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents);
        Assert.Equal((V1.Actor.Types.Kind.System, cast.Kim.Name), (incident.EndedBy.Kind, incident.PlacedBy.Subject));
    }

    [Theory, BothProtocols]
    public async Task The_end_of_a_suspension_moves_later_by_the_rules_of_harms_and_earlier_by_one_person(
        Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var kim = cast.Kim.Wire.Accounts;
        await kim.SuspendAccountAsync(new() { Id = id, Reason = "ABUSE", Until = In(TimeSpan.FromHours(1)) }, Options);
        var later = In(TimeSpan.FromHours(5));
        later.Nanos -= later.Nanos % 1_000;
        var changed = await cast.Lee.Wire.Accounts.ChangeSuspensionAsync(
            new() { Id = id, Reason = "ABUSE", Until = later, RequestId = $"later-{id}" }, Options);
        Assert.Equal((V1.Outcome.Done, later, cast.Kim.Name), (changed.Outcome,
            Assert.Single(changed.Account.Holds).Until, changed.Account.Holds[0].PlacedBy.Subject));
        Assert.Equal("suspension-prolonged", (await cast.EventAsync(id, "suspension-prolonged")).Type);
        Assert.Null((await kim.ChangeSuspensionAsync(new() { Id = id, Reason = "ABUSE" }, Options))
            .Account.Holds[0].Until);
        Assert.Equal("WRONG_STATUS", await ReasonAsync());

        var soon = In(Soon);
        await kim.ChangeSuspensionAsync(new() { Id = id, Reason = "ERROR", Until = soon }, Options);
        var lifted = await cast.EventAsync(id, "hold-lifted");
        Assert.Equal(V1.Actor.Types.Kind.System, lifted.Actor.Kind);
        Assert.True(lifted.At.ToDateTimeOffset() >= soon.ToDateTimeOffset());
        Assert.Equal("WRONG_STATUS", await ReasonAsync());

        var famous = await cast.RegisterAsync(Topology.ProtectedReach);
        var waits = (await kim.SuspendAccountAsync(
            new() { Id = famous, Reason = "ABUSE", Until = In(TimeSpan.FromHours(1)) }, Options)).Proposal;
        await cast.Lee.Wire.Proposals.ApproveProposalAsync(new() { Id = waits.Id }, Options);
        var asked = await kim.ChangeSuspensionAsync(
            new() { Id = famous, Reason = "ABUSE", Until = later }, Options);
        Assert.Equal((V1.Outcome.Pending, V1.Proposal.Types.Action.ChangeSuspension, later),
            (asked.Outcome, asked.Proposal.Action, asked.Proposal.Until));
        var approved =
            await cast.Lee.Wire.Proposals.ApproveProposalAsync(new() { Id = asked.Proposal.Id }, Options);
        Assert.Equal((V1.Outcome.Done, later), (approved.Outcome, Assert.Single(approved.Account.Holds).Until));

        async Task<string> ReasonAsync() => (await WireClient.ErrorAsync(
            kim.ChangeSuspensionAsync(new() { Id = id, Reason = "ABUSE" }, Options))).Reason;
    }

    [Theory, BothProtocols]
    public async Task A_scheduled_takedown_happens_at_its_time_on_the_initiative_of_whoever_asked(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var pending = await cast.Kim.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "LEGAL", At = In(Soon) }, Options);
        Assert.Equal((V1.Outcome.Pending, V1.Proposal.Types.State.Scheduled),
            (pending.Outcome, pending.Proposal.State));
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        var placed = await cast.EventAsync(id, "hold-placed");
        Assert.Equal(V1.Actor.Types.Kind.System, placed.Actor.Kind);
        var account = await cast.ReadAsync(id);
        Assert.Equal(cast.Kim.Name, Assert.Single(account.Holds).PlacedBy.Subject);
        Assert.Null(account.OpenProposal);
    }

    [Theory, BothProtocols]
    public async Task What_was_scheduled_by_somebody_who_left_meanwhile_is_void(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var leaver = cast.Meet("leaver", "support");
        await leaver.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "LEGAL", At = In(TimeSpan.FromHours(1)) }, Options);
        await cast.OffboardAsync(leaver);
        var closed = await cast.EventAsync(id, "proposal-closed");
        Assert.Equal(V1.Actor.Types.Kind.System, closed.Actor.Kind);
        var account = await cast.ReadAsync(id);
        Assert.Equal(V1.Account.Types.Status.Active, account.Status);
        Assert.Null(account.OpenProposal);
    }

    [Theory, BothProtocols]
    public async Task Owner_and_staff_hold_an_account_down_independently(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var owner = await cast.OwnerDownAsync(id);
        Assert.Equal(
            (V1.Hold.Types.Kind.OwnerDeactivation, null),
            (owner.Account.Holds[0].Kind, owner.Account.Holds[0].PlacedBy));
        var staffs = Assert.Single((await cast.ReadAsync(id)).Holds);
        Assert.Equal((V1.Hold.Types.Kind.OwnerDeactivation, V1.Actor.Types.Kind.Service),
            (staffs.Kind, staffs.PlacedBy.Kind));
        await cast.Kim.DownAsync(id);
        var all = await cast.Kim.Wire.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "ABUSE" }, Options);
        Assert.Equal((3, V1.Account.Types.Status.Suspended), (all.Account.Holds.Count, all.Account.Status));

        var one = await cast.Lee.Wire.Accounts.RestoreAccountAsync(
            new() { Id = id, Reason = "ERROR", Kinds = { V1.Hold.Types.Kind.Suspension } }, Options);
        Assert.Equal((2, V1.Account.Types.Status.Deactivated), (one.Account.Holds.Count, one.Account.Status));
        var theirs = await cast.Lee.UpAsync(id);
        Assert.Equal(V1.Hold.Types.Kind.OwnerDeactivation, Assert.Single(theirs.Account.Holds).Kind);
        var up = await cast.Shop.Wire.Accounts.RestoreAccountAsync(
            new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options);
        Assert.Equal(V1.Account.Types.Status.Active, up.Account.Status);
    }

    [Theory, BothProtocols]
    public async Task Erase_takes_two_people_on_every_account_and_is_final(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(followers: 1);
        var pending = await cast.Kim.Wire.Accounts.EraseAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options);
        Assert.Equal((V1.Outcome.Pending, V1.Proposal.Types.Action.Erase), (pending.Outcome, pending.Proposal.Action));
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        var erased = await cast.Lee.ApproveAsync(pending.Proposal);
        Assert.Equal((V1.Outcome.Done, V1.Account.Types.Status.Erased), (erased.Outcome, erased.Account.Status));
        foreach (var error in new[]
        {
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, Options)),
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options)),
            await WireClient.ErrorAsync(
                cast.Shop.Wire.Accounts.DeactivateAccountAsync(
                    new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options)),
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.ProtectAccountAsync(new() { Id = id, Reason = "OTHER" }, Options)),
        })
        {
            Assert.Equal("WRONG_STATUS", error.Reason);
        }

        Assert.Equal("NOT_FOUND",
            (await WireClient.ErrorAsync(
                cast.Shop.Wire.Accounts.GetPublicAccountAsync(new() { Id = id }, Options))).Reason);
    }
}
