using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>Somebody with a name and roles, at every gateway.</summary>
/// <param name="topology">Where.</param>
/// <param name="protocol">How the person's calls go.</param>
/// <param name="name">A name of the person's own.</param>
/// <param name="roles">In the token.</param>
public sealed class Person(Topology topology, Protocol protocol, string name, params string[] roles)
{
    private readonly string _token = topology.Token(name, null, roles);
    private WireClient? _anywhere;

    /// <summary>The subject of the tokens.</summary>
    public string Name => name;

    /// <summary>Calls go to the gateways in turn.</summary>
    public WireClient Wire => _anywhere ??= topology.Caller(protocol, _token);

    /// <summary>Calls go to one gateway.</summary>
    public WireClient At(GatewayAddress gateway) => topology.CallerAt(gateway, protocol, _token);

    /// <summary>Takes an account down.</summary>
    public async Task<V1.DeactivateAccountResponse> DownAsync(long id) =>
        await Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, WireClient.Options);

    /// <summary>Brings an account back.</summary>
    public async Task<V1.RestoreAccountResponse> UpAsync(long id) =>
        await Wire.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, WireClient.Options);

    /// <summary>Is the second person.</summary>
    public async Task<V1.ApproveProposalResponse> ApproveAsync(V1.Proposal proposal) =>
        await Wire.Proposals.ApproveProposalAsync(
            new() { Id = proposal.Id, Digest = proposal.Digest }, WireClient.Options);
}

/// <summary>The people of one test, and what they do all the time. Not thread-safe.</summary>
/// <param name="topology">Where.</param>
/// <param name="protocol">How they call.</param>
public sealed class Cast(Topology topology, Protocol protocol)
{
    private static readonly string[] AllStaff = ["support", "approver", "auditor", "admin"];

    /// <summary>How they call.</summary>
    public Protocol Protocol => protocol;

    /// <summary>A product service.</summary>
    public Person Shop { get; } = new(topology, protocol, Topology.FreshName("shop"), "service");

    /// <summary>Somebody with all staff roles.</summary>
    public Person Kim { get; } = new(topology, protocol, Topology.FreshName("kim"), AllStaff);

    /// <summary>Another such person.</summary>
    public Person Lee { get; } = new(topology, protocol, Topology.FreshName("lee"), AllStaff);

    private static CallOptions Options => WireClient.Options;

    /// <summary>Somebody else.</summary>
    public Person Meet(string prefix, params string[] roles) =>
        new(topology, protocol, Topology.FreshName(prefix), roles);

    /// <summary>
    /// A person whose name and roles are in the register before the first token is seen: two admins agree.
    /// </summary>
    public async Task<Person> EnrollAsync(string prefix, DateTimeOffset? authorityEndsAt, params V1.Role[] roles)
    {
        var person = Meet(prefix, AllStaff);
        var asked = await Kim.Wire.Operators.EnrollOperatorAsync(
            new()
            {
                Id = person.Name,
                Roles = { roles },
                AuthorityEndsAt = authorityEndsAt is { } end
                    ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(end)
                    : null,
            },
            Options);
        await Lee.ApproveAsync(asked.Proposal);
        return person;
    }

    /// <summary>Registers an account with so many followers.</summary>
    public async Task<long> RegisterAsync(int followers = 0)
    {
        var id = Topology.FreshId();
        await Shop.Wire.Accounts.RegisterAccountAsync(new() { Id = id, Handle = $"user_{id}" }, Options);
        if (followers > 0)
        {
            var answer = await IngestAsync(Enumerable.Range(1, followers).Select(f => FollowOf(id, f)));
            Assert.Equal((followers, followers), (answer.Received, answer.Changed));
        }

        return id;
    }

    /// <summary>One follow.</summary>
    public static V1.Follow FollowOf(long account, long follower, V1.Follow.Types.Op op = V1.Follow.Types.Op.Follow) =>
        new() { Account = account, Follower = follower, Op = op };

    /// <summary>Streams follows, in messages of up to a thousand.</summary>
    public async Task<V1.IngestFollowsResponse> IngestAsync(IEnumerable<V1.Follow> follows)
    {
        using var call = Shop.Wire.Followers.IngestFollows(Options);
        foreach (var message in follows.Chunk(1000))
        {
            await call.RequestStream.WriteAsync(
                new V1.IngestFollowsRequest { Follows = { message } }, Options.CancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        return await call;
    }

    /// <summary>Reads an account as staff, who see all of it, at the gateway whose turn it is.</summary>
    public async Task<V1.Account> ReadAsync(long id) =>
        await Kim.Wire.Accounts.GetAccountAsync(new() { Id = id }, Options);

    /// <summary>Takes an account down on its owner's behalf.</summary>
    public async Task<V1.DeactivateAccountResponse> OwnerDownAsync(long id) =>
        await Shop.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "OWNER_REQUEST", Owner = true }, Options);

    /// <summary>Ends somebody's authority, now.</summary>
    public async Task<V1.Operator> OffboardAsync(Person person) =>
        (await Kim.Wire.Operators.OffboardOperatorAsync(
            new() { Id = person.Name, Note = "the last day" }, Options)).Operator;

    /// <summary>
    /// The account's events from its registration on, as they come: what to wait with for something that happens by
    /// itself. Staff see all of them.
    /// </summary>
    public AsyncServerStreamingCall<V1.WatchEventsResponse> WatchFromTheBeginning(long id) =>
        Kim.Wire.Events.WatchEvents(new() { AfterPosition = 0, Accounts = { id } }, Options);

    /// <summary>Waits for an account's next event of a type.</summary>
    public async Task<V1.WatchEventsResponse> EventAsync(long id, string type)
    {
        using var watch = WatchFromTheBeginning(id);
        while (await watch.ResponseStream.MoveNext(Options.CancellationToken))
        {
            if (watch.ResponseStream.Current.Type == type)
            {
                return watch.ResponseStream.Current;
            }
        }

        throw new InvalidOperationException($"The watch of account {id} ended without {type}.");
    }
}

/// <summary>The beginning of every suite of the wire contract.</summary>
/// <param name="topology">Where it runs.</param>
public abstract class WireSuite(Topology topology) : IAsyncLifetime
{
    /// <summary>Where it runs.</summary>
    protected Topology Grid => topology;

    /// <summary>The options of every call.</summary>
    protected static CallOptions Options => WireClient.Options;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(topology.Missing is not null, topology.Missing ?? "");
        await topology.StartedAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>New people for one test.</summary>
    protected Cast Meet(Protocol protocol) => new(topology, protocol);

    /// <summary>So long from now.</summary>
    protected static Google.Protobuf.WellKnownTypes.Timestamp In(TimeSpan time) =>
        Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow() + time);
}
