using static AccountGrid.Domain.Tests.Commands;

namespace AccountGrid.Domain.Tests.Accounts;

public sealed class IncidentTests
{
    private readonly World _world = new();
    private readonly AccountId _famous;
    private readonly AccountId _small;

    public IncidentTests()
    {
        _world.Enroll(World.Admin, Roles.Admin);
        _world.Enroll("kim");
        _world.Enroll("lee");
        _world.Enroll("max");
        _famous = _world.Register(25073877, followers: 41_000_000);
        _small = _world.Register(1, followers: 100);
    }

    [Fact]
    public void A_takedown_by_two_and_its_restore_are_one_incident_with_every_step()
    {
        _world.Send(_famous, Deactivate(), World.As("nobody"));
        _world.Send(_famous, Deactivate(), World.As("kim"));
        _world.Send(_famous, Approve(3), World.As("kim"));
        _world.Advance(TimeSpan.FromMinutes(1));
        var from = _world.Now;
        _world.Send(_famous, Approve(3), World.As("lee"));
        _world.Advance(TimeSpan.FromMinutes(11));
        _world.Send(_famous, Restore(), World.As("max"));

        var incident = Assert.Single(Report(_famous));

        Assert.Equal((from, (DateTimeOffset?)_world.Now, AccountStatus.Deactivated),
            (incident.From, incident.Until, incident.Gravest));
        Assert.Equal(TimeSpan.FromMinutes(11), incident.LengthAt(_world.Now.AddDays(1)));
        Assert.Equal(("IMPERSONATION", "kim", "max"),
            (incident.Reason, incident.PlacedBy.Subject, incident.EndedBy!.Subject));
        Assert.Equal([World.Person("lee")], incident.Approvals);
        Assert.Equal((41_000_000, 7), (incident.Followers!.Value, incident.ReadsRefused));
        Assert.Equal([3, 4, 5, 6], incident.Sequences);
        Assert.Equal([2, 3, 4, 5], incident.TraceIds.Select(t => Convert.ToInt32(t, 16)));
    }

    [Fact]
    public void What_was_refused_while_it_was_down_is_a_step_too_up_to_a_hundred()
    {
        _world.Send(_small, Deactivate(), World.As("nobody"));
        _world.Send(_small, Deactivate(), World.As("kim"));
        for (var i = 0; i < 110; i++)
        {
            // So many attempts of one caller would be counted instead.
            _world.Advance(Limits.RefusalWindow / 8);
            _world.Send(_small, Restore(), World.As("nobody"));
        }

        _world.Send(_small, Restore(), World.As("max"));
        var incident = Assert.Single(Report(_small));
        Assert.Equal([.. Enumerable.Range(3, 100).Select(static i => (long)i), 114], incident.Sequences);
        Assert.Equal(101, incident.TraceIds.Length);
    }

    [Fact]
    public void A_scheduled_takedown_has_proposal_approval_and_firing()
    {
        _world.Send(_famous, Deactivate(_world.Now.AddHours(1)), World.As("kim"));
        _world.Send(_famous, Approve(2), World.As("lee"));
        _world.Advance(TimeSpan.FromHours(1));
        _world.FireDue(_famous);

        var incident = Assert.Single(Report(_famous));

        Assert.Equal([2, 3, 4], incident.Sequences);
        Assert.Equal(("kim", (DateTimeOffset?)null), (incident.PlacedBy.Subject, incident.Until));
    }

    [Fact]
    public void Overlapping_holds_are_one_incident_up_to_the_last_lift()
    {
        _world.Send(_small, Deactivate(), World.As("kim"));
        _world.Advance(TimeSpan.FromMinutes(5));
        _world.Send(_small, Suspend(_world.Now.AddHours(1)), World.As("lee"));
        _world.Send(_small, Restore(HoldKind.StaffDeactivation), World.As("max"));
        _world.Advance(TimeSpan.FromHours(1));
        _world.FireDue(_small);

        var incident = Assert.Single(Report(_small));

        Assert.Equal((AccountStatus.Suspended, "kim", ActorKind.System),
            (incident.Gravest, incident.PlacedBy.Subject, incident.EndedBy!.Kind));
        Assert.Equal(TimeSpan.FromMinutes(65), incident.LengthAt(_world.Now));
        Assert.Equal([2, 3, 4, 5], incident.Sequences);
        Assert.Equal(7, incident.ReadsRefused);
    }

    [Fact]
    public void Each_time_down_is_an_incident_of_its_own_oldest_first()
    {
        for (var i = 0; i < 3; i++)
        {
            _world.Send(_small, Deactivate(), World.As("kim"));
            _world.Advance(TimeSpan.FromMinutes(1));
            _world.Send(_small, Restore(), World.As("max"));
            _world.Advance(TimeSpan.FromHours(1));
        }

        var incidents = Report(_small);

        Assert.Equal(3, incidents.Length);
        Assert.Equal(incidents.OrderBy(i => i.From), incidents);
        Assert.All(incidents, i => Assert.Equal(TimeSpan.FromMinutes(1), i.LengthAt(_world.Now)));
    }

    [Fact]
    public void An_erased_account_never_comes_up_again()
    {
        _world.Send(_small, Suspend(_world.Now.AddHours(1)), World.As("kim"));
        _world.Send(_small, Harm(HarmKind.Erase), World.As("kim"));
        _world.Send(_small, Approve(3), World.As("lee"));
        _world.Advance(TimeSpan.FromHours(2));
        _world.FireDue(_small);

        var incident = Assert.Single(Report(_small));

        Assert.Equal((AccountStatus.Erased, (DateTimeOffset?)null, (Actor?)null),
            (incident.Gravest, incident.Until, incident.EndedBy));
        Assert.Equal([2, 3, 4, 5], incident.Sequences);
        Assert.Equal(TimeSpan.FromHours(2), incident.LengthAt(_world.Now));
    }

    [Fact]
    public void A_clock_that_jumps_back_gives_no_negative_length()
    {
        _world.Send(_small, Deactivate(), World.As("kim"));
        var from = _world.Now;
        _world.Advance(-TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.Zero, Assert.Single(Report(_small)).LengthAt(_world.Now));

        _world.Send(_small, Restore(), World.As("max"));

        var incident = Assert.Single(Report(_small));
        Assert.Equal((from, (DateTimeOffset?)from), (incident.From, incident.Until));
        Assert.Equal(TimeSpan.Zero, incident.LengthAt(_world.Now));
    }

    [Fact]
    public void A_proposal_that_came_to_nothing_is_no_step_of_a_later_incident()
    {
        _world.Send(_famous, Deactivate(), World.As("kim"));
        _world.Send(_famous, Reject(2), World.As("lee"));
        _world.Send(_famous, Harm(HarmKind.OwnerDeactivate), World.Service);
        _world.Send(_famous, Approve(4), World.As("lee"));

        var incident = Assert.Single(Report(_famous));

        Assert.Equal([4, 5], incident.Sequences);
        Assert.Equal(ActorKind.Service, incident.PlacedBy.Kind);
    }

    [Fact]
    public void An_account_that_was_never_down_has_none() => Assert.Empty(Report(_small));

    [Fact]
    public void A_journal_without_its_beginning_is_an_error()
    {
        _world.Send(_small, Deactivate(), World.As("kim"));

        Assert.Throws<InvalidOperationException>(() => IncidentReport.From(_small, _world.Journal(_small).Skip(1)));
    }

    private System.Collections.Immutable.ImmutableArray<Incident> Report(AccountId account) =>
        IncidentReport.From(account, _world.Journal(account));
}
