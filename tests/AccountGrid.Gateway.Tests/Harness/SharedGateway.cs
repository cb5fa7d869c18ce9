using AccountGrid.Gateway.Tests.Harness;

[assembly: AssemblyFixture(typeof(SharedGateway))]

namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>
/// One gateway for all tests that change nothing of its settings; every test uses accounts and people of its own.
/// Thread-safe.
/// </summary>
public sealed class SharedGateway : IAsyncLifetime
{
    private static long _lastId = 1_000_000;

    public GatewayHost Host { get; private set; } = null!;

    /// <summary>A product service.</summary>
    public Wire Service { get; private set; } = null!;

    /// <summary>A person with all staff roles.</summary>
    public Wire Kim { get; private set; } = null!;

    /// <summary>Another such person.</summary>
    public Wire Lee { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await GatewayHost.StartAsync();
        Service = new Wire(Host, Host.Tokens.Service);
        Kim = new Wire(Host, Host.Tokens.Staff("kim"));
        Lee = new Wire(Host, Host.Tokens.Staff("lee"));
    }

    /// <summary>An id that nobody used before.</summary>
    public static long FreshId() => Interlocked.Increment(ref _lastId);

    /// <summary>A name that nobody used before.</summary>
    public static string FreshName(string prefix) => $"{prefix}.{FreshId()}";

    /// <summary>A caller of its own.</summary>
    public Wire As(string subject, params string[] roles) => new(Host, Host.Tokens.Staff(subject, roles));

    /// <summary>Registers an account, with so many followers.</summary>
    public async Task<long> RegisterAsync(int followers = 0)
    {
        var id = FreshId();
        await Service.Accounts.RegisterAccountAsync(new() { Id = id, Handle = $"user_{id}" }, Wire.Options);
        if (followers > 0)
        {
            using var call = Service.Followers.IngestFollows(Wire.Options);
            var message = new V1.IngestFollowsRequest();
            for (var follower = 1; follower <= followers; follower++)
            {
                message.Follows.Add(
                    new V1.Follow { Account = id, Follower = follower, Op = V1.Follow.Types.Op.Follow });
            }

            await call.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);
            await call.RequestStream.CompleteAsync();
            Assert.Equal(followers, (await call).Changed);
        }

        return id;
    }

    /// <summary>Takes an account down by one person.</summary>
    public static async Task<V1.DeactivateAccountResponse> DeactivateAsync(Wire person, long id) =>
        await person.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Wire.Options);

    public async Task<V1.Account> ReadAsync(long id) =>
        await Service.Accounts.GetAccountAsync(new() { Id = id }, Wire.Options);

    public async ValueTask DisposeAsync()
    {
        Service.Dispose();
        Kim.Dispose();
        Lee.Dispose();
        await Host.DisposeAsync();
    }
}
