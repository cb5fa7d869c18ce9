namespace AccountGrid.Conformance.Wire;

/// <summary>Undoing what one person did.</summary>
public abstract class UndoSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task All_that_one_person_did_is_lifted_and_nothing_else(Protocol protocol)
    {
        var cast = Meet(protocol);
        var contractor = cast.Meet("contractor", "support");
        var since = In(TimeSpan.FromMinutes(-1));
        long[] ids = [await cast.RegisterAsync(), await cast.RegisterAsync(), await cast.RegisterAsync(),
            await cast.RegisterAsync(Topology.ProtectedReach)];
        var another = await cast.RegisterAsync();
        await contractor.DownAsync(ids[0]);
        await contractor.Wire.Accounts.SuspendAccountAsync(new() { Id = ids[1], Reason = "SPAM" }, Options);
        await cast.Kim.DownAsync(another);
        await contractor.Wire.Accounts.SuspendAccountAsync(new() { Id = ids[2], Reason = "SPAM" }, Options);
        await cast.OwnerDownAsync(ids[2]);
        await cast.Kim.ApproveAsync((await contractor.DownAsync(ids[3])).Proposal);

        var dry = await cast.Kim.Wire.Operators.UndoOperatorAsync(
            new() { Id = contractor.Name, Since = since, DryRun = true }, Options);
        Assert.Equal(ids, dry.RestoredIds);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(ids[0])).Status);

        var undone = await cast.Kim.Wire.Operators.UndoOperatorAsync(
            new() { Id = contractor.Name, Since = since, Note = "the last day" }, Options);
        Assert.Equal(ids, undone.RestoredIds);
        Assert.Empty(undone.Failures);
        Assert.False(undone.More);
        foreach (var id in new[] { ids[0], ids[1], ids[3] })
        {
            Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        }

        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(another)).Status);
        Assert.Equal(V1.Hold.Types.Kind.OwnerDeactivation, Assert.Single((await cast.ReadAsync(ids[2])).Holds).Kind);
        var journal = await cast.Lee.Wire.Audit.ListAuditEntriesAsync(
            new() { Filter = $"stream = \"op/{contractor.Name}\" AND type = \"acts-undone\"" }, Options);
        Assert.Equal(cast.Kim.Name, Assert.Single(journal.Entries).Actor.Subject);
    }

    [Theory, BothProtocols]
    public async Task A_second_harm_is_undone_by_the_same_order(Protocol protocol)
    {
        // With one request id per order, the second undo of an account was taken for a repetition of the first and did
        // nothing.
        var cast = Meet(protocol);
        var contractor = cast.Meet("contractor", "support");
        var id = await cast.RegisterAsync();
        var order = new V1.UndoOperatorRequest { Id = contractor.Name, Since = In(TimeSpan.FromMinutes(-1)) };
        for (var i = 0; i < 2; i++)
        {
            await contractor.DownAsync(id);
            Assert.Equal([id], (await cast.Kim.Wire.Operators.UndoOperatorAsync(order, Options)).RestoredIds);
            Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        }

        Assert.Empty((await cast.Kim.Wire.Operators.UndoOperatorAsync(order, Options)).RestoredIds);
    }

    [Theory, BothProtocols]
    public async Task It_takes_the_role(Protocol protocol)
    {
        var cast = Meet(protocol);
        var contractor = cast.Meet("contractor", "support");
        var id = await cast.RegisterAsync();
        await contractor.DownAsync(id);
        var order = new V1.UndoOperatorRequest { Id = contractor.Name, Since = In(TimeSpan.FromDays(-1)) };
        foreach (var somebody in new[] { cast.Meet("auditor", "auditor"), cast.Shop })
        {
            Assert.Equal("FORBIDDEN_ROLE",
                (await WireClient.ErrorAsync(somebody.Wire.Operators.UndoOperatorAsync(order, Options))).Reason);
        }

        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(id)).Status);
    }

    [Theory, BothProtocols]
    public async Task All_that_one_service_took_down_is_lifted_and_recorded_and_nothing_else(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (since, thief) = (In(TimeSpan.FromMinutes(-1)), cast.Meet("thief", "owner-agent"));
        long[] ids = [await cast.RegisterAsync(), await cast.RegisterAsync()];
        var another = await cast.RegisterAsync();
        foreach (var id in ids)
        {
            await thief.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options);
        }

        await cast.Kim.DownAsync(ids[1]);
        await cast.OwnerDownAsync(another);
        var order = new V1.UndoServiceRequest { Id = thief.Name, Since = since, Note = "stolen" };
        var dry = order.Clone();
        dry.DryRun = true;
        Assert.Equal(ids, (await cast.Lee.Wire.Operators.UndoServiceAsync(dry, Options)).RestoredIds);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(ids[0])).Status);

        var undone = await cast.Lee.Wire.Operators.UndoServiceAsync(order, Options);
        Assert.Equal((ids.Length, 0, false), (undone.RestoredIds.Count, undone.Failures.Count, undone.More));
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(ids[0])).Status);
        Assert.Equal(
            V1.Hold.Types.Kind.StaffDeactivation, Assert.Single((await cast.ReadAsync(ids[1])).Holds).Kind);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(another)).Status);
        Assert.Empty((await cast.Lee.Wire.Operators.UndoServiceAsync(order, Options)).RestoredIds);
        var entry = Assert.Single((await cast.Lee.Wire.Audit.ListAuditEntriesAsync(
            new() { Filter = $"stream = \"op/{cast.Lee.Name}\" AND type = \"service-acts-undone\"" },
            Options)).Entries);
        Assert.Equal(thief.Name, entry.Data.Fields["service"].StringValue);
        var incident = (await cast.Lee.Wire.Accounts.ListIncidentsAsync(new() { Id = ids[0] }, Options)).Incidents[0];
        Assert.Equal((thief.Name, cast.Lee.Name), (incident.PlacedBy.Subject, incident.EndedBy.Subject));
    }
}
