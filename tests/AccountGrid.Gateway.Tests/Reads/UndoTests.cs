using AccountGrid.Gateway.Tests.Harness;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Gateway.Tests.Reads;

public sealed class UndoTests(SharedGateway gateway)
{
    [Fact]
    public async Task All_that_one_person_did_is_lifted_and_nothing_else()
    {
        var (name, contractor) = Contractor();
        using var own = contractor;
        var first = await gateway.RegisterAsync();
        var second = await gateway.RegisterAsync();
        var another = await gateway.RegisterAsync();
        var both = await gateway.RegisterAsync();
        var since = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddMinutes(-1));
        await SharedGateway.DeactivateAsync(contractor, first);
        await contractor.PostAsync($"/v1/accounts/{second}:suspend", new { reason = "SPAM" });
        await SharedGateway.DeactivateAsync(gateway.Kim, another);
        await contractor.PostAsync($"/v1/accounts/{both}:suspend", new { reason = "SPAM" });
        await gateway.Service.PostAsync($"/v1/accounts/{both}:deactivate", new { reason = "OWNER_REQUEST", owner = true });

        var dry = await gateway.Kim.Operators.UndoOperatorAsync(new() { Id = name, Since = since, DryRun = true }, Wire.Options);
        Assert.Equal([first, second, both], dry.RestoredIds);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await gateway.ReadAsync(first)).Status);

        var undone = await gateway.Kim.Operators.UndoOperatorAsync(new() { Id = name, Since = since, Note = "the last day" }, Wire.Options);
        Assert.Equal([first, second, both], undone.RestoredIds);
        Assert.Empty(undone.Failures);
        Assert.False(undone.More);
        Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(first)).Status);
        Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(second)).Status);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await gateway.ReadAsync(another)).Status);
        Assert.Equal(V1.Hold.Types.Kind.OwnerDeactivation, Assert.Single((await gateway.ReadAsync(both)).Holds).Kind);

        var journal = await gateway.Kim.Audit.ListAuditEntriesAsync(new() { Filter = $"stream = \"op/{name}\" AND type = \"acts-undone\"" }, Wire.Options);
        Assert.Equal("kim", Assert.Single(journal.Entries).Actor.Subject);
    }

    [Fact]
    public async Task A_second_harm_is_undone_by_the_same_order()
    {
        // With one request id per order, the second undo of an account was taken for a repetition of the first and did nothing.
        var (name, contractor) = Contractor();
        using var own = contractor;
        var id = await gateway.RegisterAsync();
        var order = new V1.UndoOperatorRequest { Id = name, Since = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddMinutes(-1)) };
        for (var i = 0; i < 2; i++)
        {
            await SharedGateway.DeactivateAsync(contractor, id);
            Assert.Equal([id], (await gateway.Kim.Operators.UndoOperatorAsync(order, Wire.Options)).RestoredIds);
            Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(id)).Status);
        }

        Assert.Empty((await gateway.Kim.Operators.UndoOperatorAsync(order, Wire.Options)).RestoredIds);
    }

    [Fact]
    public async Task It_takes_the_role()
    {
        var (name, contractor) = Contractor();
        using var own = contractor;
        var id = await gateway.RegisterAsync();
        await SharedGateway.DeactivateAsync(contractor, id);
        using var auditor = gateway.As(SharedGateway.FreshName("auditor"), "auditor");
        var error = await auditor.PostErrorAsync($"/v1/operators/{name}:undo", new { since = "2020-01-01T00:00:00Z" });
        Assert.Equal("FORBIDDEN_ROLE", error.Reason);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await gateway.ReadAsync(id)).Status);
    }

    private (string Name, Wire Contractor) Contractor()
    {
        var name = SharedGateway.FreshName("contractor");
        return (name, gateway.As(name, "support"));
    }
}
