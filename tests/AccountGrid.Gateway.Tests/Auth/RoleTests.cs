using System.Security.Claims;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Gateway.Tests.Auth;

public sealed class RoleTests(SharedGateway gateway)
{
    [Fact]
    public void Every_method_of_the_protos_has_a_policy()
    {
        foreach (var service in new[]
        {
            V1.AccountServiceReflection.Descriptor, V1.FollowerServiceReflection.Descriptor,
                V1.ProposalServiceReflection.Descriptor,
            V1.OperatorServiceReflection.Descriptor, V1.BrakeServiceReflection.Descriptor,
                V1.AuditServiceReflection.Descriptor, V1.EventServiceReflection.Descriptor,
            V1.TraceServiceReflection.Descriptor,
        }.SelectMany(static file => file.Services))
        {
            foreach (var method in service.Methods)
            {
                Assert.NotNull(MethodPolicies.Of($"{service.Name}.{method.Name}"));
            }
        }
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

    // A role of a service beside it made up for the staff role that the register does not grant.
    [Fact]
    public async Task A_service_role_is_no_way_round_a_staff_role_that_the_register_does_not_grant()
    {
        await using var host =
            await GatewayHost.StartAsync(
                new GatewayHostOptions { Gateway = static options => options.Auth.EnrollOnFirstUse = false });
        var grains = (IGrainFactory)host.Services.GetService(typeof(IGrainFactory))!;
        await grains.GetGrain<Grains.IOperatorGrain>("op/ann").ExecuteAsync(
            new Grains.OperatorInput.EnrollOnFirstUse(Domain.Roles.Admin),
            new Grains.CallerInfo(Domain.ActorKind.System, "system", Domain.Roles.None),
            TestContext.Current.CancellationToken);
        using var ann = new Wire(host, host.Tokens.Staff("ann", "reader", "support"));
        Assert.Equal("FORBIDDEN_ROLE", (await ann.GetErrorAsync("/v1/accounts/1")).Reason);
    }

    [Theory]
    [InlineData(new[] { "reader" }, true)]
    [InlineData(new[] { "registrar", "owner-agent", "follower-writer", "service" }, true)]
    [InlineData(new[] { "reader", "auditor" }, false)]
    [InlineData(new[] { "owner-agent", "support" }, false)]
    [InlineData(new[] { "unheard-of" }, false)]
    public void A_token_is_a_services_if_all_its_roles_are_services_roles(string[] roles, bool isService)
    {
        var claims = roles.Select(static role => new Claim("roles", role)).Append(new Claim("sub", "web"));
        var caller = CallerIdentity.From(
            new ClaimsPrincipal(new ClaimsIdentity(claims)), DateTimeOffset.MaxValue)!.Caller;
        Assert.Equal(isService ? Domain.ActorKind.Service : Domain.ActorKind.Operator, caller.Kind);
    }

    [Fact]
    public void That_the_role_service_is_broad_is_logged_once()
    {
        using var shelf = new LogShelf(LogLevel.Information);
        using var factory = LoggerFactory.Create(
            log => log.AddProvider(shelf).SetMinimumLevel(LogLevel.Information));
        var hint = new BroadRoleHint(factory.CreateLogger<BroadRoleHint>());
        foreach (var roles in new[] { "reader", "service support", "service", "service" })
        {
            var claims = roles.Split(' ').Select(static role => new Claim("roles", role));
            hint.Accepted(CallerIdentity.From(
                new ClaimsPrincipal(new ClaimsIdentity([.. claims, new Claim("sub", roles.Replace(' ', '.'))])),
                DateTimeOffset.MaxValue)!);
        }

        Assert.Contains("of service is broad", Assert.Single(shelf.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_counts_only_if_the_register_grants_it_too()
    {
        await using var host =
            await GatewayHost.StartAsync(
                new GatewayHostOptions { Gateway = static options => options.Auth.EnrollOnFirstUse = false });
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
}
