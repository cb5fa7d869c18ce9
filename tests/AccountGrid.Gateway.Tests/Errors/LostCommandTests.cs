using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Grains;
using AccountGrid.Testing;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AccountGrid.Gateway.Tests.Errors;

/// <summary>
/// A command whose first attempt was lost on the way to its grain or back, as when its silo goes away: it is sent
/// again, and the first attempt may still act.
/// </summary>
public sealed class LostCommandTests : IAsyncLifetime
{
    private const string Id = "4d0cf7ee-2b5c-4a7a-9f0e-0d9c0a3f8a11";
    private readonly LosesTheFirst _network = new();
    private GatewayHost _host = null!;
    private Wire _kim = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(new()
        {
            Services = services => services.AddSingleton<IOutgoingGrainCallFilter>(_network),
        });
        using var service = new Wire(_host, _host.Tokens.Service);
        await service.Accounts.RegisterAccountAsync(new() { Id = 1, Handle = "a" }, Wire.Options);
        _kim = new Wire(_host, _host.Tokens.Staff("kim"));
    }

    public ValueTask DisposeAsync()
    {
        _kim?.Dispose();
        return _host.DisposeAsync();
    }

    // The refusal is an entry under the request id: the first attempt finds it whenever it comes.
    [Fact]
    public async Task That_is_refused_for_good_the_second_time_is_answered_so()
    {
        var refused = await Wire.ErrorAsync(RestoreAsync());
        Assert.Equal((StatusCode.FailedPrecondition, "WRONG_STATUS"), (refused.Code, refused.Reason));
        await _kim.Accounts.DeactivateAccountAsync(new() { Id = 1, Reason = "SPAM" }, Wire.Options);
        var late = await Wire.ErrorAsync(RestoreAsync());
        Assert.Equal("WRONG_STATUS", late.Reason);
        var account = await _kim.Accounts.GetAccountAsync(new() { Id = 1 }, Wire.Options);
        Assert.Equal(V1.Account.Types.Status.Deactivated, account.Status);
    }

    [Fact]
    public async Task That_is_refused_without_an_entry_has_an_unknown_outcome()
    {
        _network.Lost = 0;
        await _kim.Accounts.DeactivateAccountAsync(new() { Id = 1, Reason = "SPAM", RequestId = Id }, Wire.Options);
        _network.Lost = 1;

        // The same request id with another body: what the first attempt came to is not known by this refusal.
        var refused = await Wire.ErrorAsync(RestoreAsync());
        Assert.Equal((StatusCode.Unavailable, "STORAGE_UNAVAILABLE"), (refused.Code, refused.Reason));
    }

    private AsyncUnaryCall<V1.RestoreAccountResponse> RestoreAsync() =>
        _kim.Accounts.RestoreAccountAsync(new() { Id = 1, Reason = "ERROR", RequestId = Id }, Wire.Options);

    private sealed class LosesTheFirst : IOutgoingGrainCallFilter
    {
        private int _lost = 1;

        public int Lost
        {
            set => _lost = value;
        }

        public Task Invoke(IOutgoingGrainCallContext context) =>
            context is { InterfaceMethod.Name: nameof(IAccountGrain.ExecuteAsync), Grain: IAccountGrain }
            && Interlocked.Decrement(ref _lost) >= 0
                ? throw new SiloUnavailableException("The silo has gone away.")
                : context.Invoke();
    }
}
