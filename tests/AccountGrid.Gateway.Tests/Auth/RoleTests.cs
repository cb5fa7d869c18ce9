using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Auth;

public sealed class RoleTests(SharedGateway gateway)
{
    [Fact]
    public void Every_method_of_the_protos_has_a_policy()
    {
        foreach (var service in new[]
        {
            V1.AccountServiceReflection.Descriptor, V1.FollowerServiceReflection.Descriptor, V1.ProposalServiceReflection.Descriptor,
            V1.OperatorServiceReflection.Descriptor, V1.AuditServiceReflection.Descriptor, V1.EventServiceReflection.Descriptor,
        }.SelectMany(static file => file.Services))
        {
            foreach (var method in service.Methods)
            {
                Assert.NotNull(MethodPolicies.Of($"{service.Name}.{method.Name}"));
            }
        }
    }

    [Fact]
    public async Task A_service_may_not_do_what_staff_does_at_the_gateway()
    {
        foreach (var path in new[] { "/v1/accounts/1/journal", "/v1/accounts/1/incidents", "/v1/proposals", "/v1/operators", "/v1/operators/kim", "/v1/audit", "/v1/audit/checkpoints" })
        {
            IsForbidden(await gateway.Service.GetErrorAsync(path));
        }

        IsForbidden(await gateway.Service.PostErrorAsync("/v1/audit:verify", new { }));
        IsForbidden(await gateway.Service.PostErrorAsync("/v1/operators/kim:undo", new { since = "2026-01-01T00:00:00Z" }));
        IsForbidden(await Wire.ErrorAsync(gateway.Service.Audit.VerifyAuditAsync(new(), Wire.Options)));
        IsForbidden(await Wire.ErrorAsync(gateway.Service.Operators.ListOperatorsAsync(new(), Wire.Options)));
    }

    [Fact]
    public async Task Staff_may_not_do_what_a_service_does()
    {
        var id = await gateway.RegisterAsync();
        IsForbidden(await gateway.Kim.PostErrorAsync("/v1/accounts", new { id = SharedGateway.FreshId().ToString(Invariant), handle = "x" }));
        IsForbidden(await gateway.Kim.GetErrorAsync($"/v1/public/accounts/{id}"));
        IsForbidden(await gateway.Kim.PostErrorAsync("/v1/followers:ingest", "", "application/x-ndjson"));
        IsForbidden(await Wire.ErrorAsync(gateway.Kim.Followers.PutFollowerAsync(new() { Account = id, Follower = 2 }, Wire.Options)));
        Assert.Equal(0, (await gateway.ReadAsync(id)).Followers.Count);
    }

    [Fact]
    public async Task A_role_that_is_none_of_ours_opens_nothing()
    {
        using var caller = gateway.As("web2", "superuser");
        IsForbidden(await caller.GetErrorAsync("/v1/accounts/1"));
        IsForbidden(await Wire.ErrorAsync(caller.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options)));
    }

    [Fact]
    public async Task A_command_without_the_role_is_refused_by_the_domain_and_recorded()
    {
        var id = await gateway.RegisterAsync();
        using var auditor = gateway.As(SharedGateway.FreshName("auditor"), "auditor");
        IsForbidden(await Wire.ErrorAsync(auditor.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Wire.Options)));
        IsForbidden(await gateway.Service.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }));
        IsForbidden(await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", owner = true }));

        Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(id)).Status);
        var journal = await gateway.Kim.Accounts.ListJournalEntriesAsync(new() { Id = id }, Wire.Options);
        Assert.Equal(3, journal.Entries.Count(e => e.Type == "attempt-refused"));
        Assert.Contains(journal.Entries, e => e.Actor is { Kind: V1.Actor.Types.Kind.Service, Subject: "web" } && e.Type == "attempt-refused");
    }

    [Fact]
    public async Task An_owner_is_spoken_for_by_a_service()
    {
        var id = await gateway.RegisterAsync();
        var down = await gateway.Service.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Wire.Options);
        var hold = Assert.Single(down.Account.Holds);
        Assert.Equal(V1.Hold.Types.Kind.OwnerDeactivation, hold.Kind);
        Assert.Equal(V1.Actor.Types.Kind.Service, hold.PlacedBy.Kind);
        var up = await gateway.Service.PostAsync($"/v1/accounts/{id}:restore", new { reason = "OWNER_REQUEST", owner = true });
        Assert.Equal("ACTIVE", up.GetProperty("account").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Whoever_was_offboarded_reads_nothing_more_whatever_the_token_says()
    {
        var name = SharedGateway.FreshName("mo");
        var id = await gateway.RegisterAsync();
        using var mo = gateway.As(name);
        await mo.GetAsync($"/v1/accounts/{id}");
        await gateway.Kim.PostAsync($"/v1/operators/{name}:offboard", new { note = "last day" });

        foreach (var error in new[]
        {
            await mo.GetErrorAsync($"/v1/accounts/{id}"),
            await mo.GetErrorAsync("/v1/audit"),
            await mo.GetErrorAsync("/v1/events"),
            await Wire.ErrorAsync(mo.Accounts.GetAccountAsync(new() { Id = id }, Wire.Options)),
            await Wire.ErrorAsync(mo.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Wire.Options)),
        })
        {
            Assert.Equal("AUTHORITY_ENDED", error.Reason);
            Assert.Equal(StatusCode.PermissionDenied, error.Code);
        }

        Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(id)).Status);
    }

    [Fact]
    public async Task A_token_with_a_service_role_beside_staff_roles_still_speaks_for_a_person()
    {
        var name = SharedGateway.FreshName("both");
        using var both = gateway.As(name, "service", "support");
        Assert.Equal("NOT_FOUND", (await both.GetErrorAsync("/v1/accounts/1")).Reason);
        await gateway.Kim.PostAsync($"/v1/operators/{name}:offboard", new { });
        Assert.Equal("AUTHORITY_ENDED", (await both.GetErrorAsync("/v1/accounts/1")).Reason);
    }

    [Fact]
    public async Task A_role_counts_only_if_the_register_grants_it_too()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions { Gateway = static options => options.Auth.EnrollOnFirstUse = false });
        using var stranger = new Wire(host, host.Tokens.Staff("nobody"));
        Assert.Equal("AUTHORITY_ENDED", (await stranger.GetErrorAsync("/v1/operators")).Reason);
        var grains = (IGrainFactory)host.Services.GetService(typeof(IGrainFactory))!;
        await grains.GetGrain<Grains.IOperatorGrain>("op/ann").ExecuteAsync(
            new Grains.OperatorInput.EnrollOnFirstUse(Domain.Roles.Support),
            new Grains.CallerInfo(Domain.ActorKind.System, "system", Domain.Roles.None),
            TestContext.Current.CancellationToken);
        using var ann = new Wire(host, host.Tokens.Staff("ann", "support", "auditor"));
        await ann.GetAsync("/v1/operators");
        Assert.Equal("FORBIDDEN_ROLE", (await ann.GetErrorAsync("/v1/audit")).Reason);
    }

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private static void IsForbidden(WireError error)
    {
        Assert.Equal("FORBIDDEN_ROLE", error.Reason);
        Assert.Equal(StatusCode.PermissionDenied, error.Code);
    }
}
