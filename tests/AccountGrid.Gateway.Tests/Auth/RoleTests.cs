using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Tests.Harness;

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
            V1.OperatorServiceReflection.Descriptor, V1.AuditServiceReflection.Descriptor,
                V1.EventServiceReflection.Descriptor,
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
