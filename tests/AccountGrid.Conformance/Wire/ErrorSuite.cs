using System.Net;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>
/// Every reason that a healthy installation can be brought to give, with its canonical code, its HTTP status and its details. STORAGE_UNAVAILABLE takes a broken one: the
/// tests of the silo and the chaos tests break theirs.
/// </summary>
public abstract class ErrorSuite(Topology topology) : WireSuite(topology)
{
    private static readonly Dictionary<string, Expected> Reasons = new()
    {
        ["UNAUTHENTICATED"] = new(StatusCode.Unauthenticated, HttpStatusCode.Unauthorized),
        ["FORBIDDEN_ROLE"] = new(StatusCode.PermissionDenied, HttpStatusCode.Forbidden),
        ["AUTHORITY_ENDED"] = new(StatusCode.PermissionDenied, HttpStatusCode.Forbidden),
        ["NOTICE_PERIOD"] = new(StatusCode.PermissionDenied, HttpStatusCode.Forbidden),
        ["SAME_PERSON"] = new(StatusCode.PermissionDenied, HttpStatusCode.Forbidden),
        ["NEEDS_SECOND_PERSON"] = new(StatusCode.FailedPrecondition, HttpStatusCode.BadRequest),
        ["PROPOSAL_EXPIRED"] = new(StatusCode.FailedPrecondition, HttpStatusCode.BadRequest),
        ["PROPOSAL_VOID"] = new(StatusCode.FailedPrecondition, HttpStatusCode.BadRequest),
        ["WRONG_STATUS"] = new(StatusCode.FailedPrecondition, HttpStatusCode.BadRequest),
        ["BUDGET_EXCEEDED"] = new(StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests) { HasDelay = true },
        ["REACH_EXCEEDED"] = new(StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests) { HasDelay = true },
        ["FOLLOWER_LOSS_LIMIT"] = new(StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests) { HasDelay = true },
        ["OVERLOADED"] = new(StatusCode.ResourceExhausted, HttpStatusCode.TooManyRequests) { HasDelay = true },
        ["TOO_LARGE"] = new(StatusCode.ResourceExhausted, HttpStatusCode.RequestEntityTooLarge) { FieldsOverHttp = ["body"] },
        ["VERSION_MISMATCH"] = new(StatusCode.Aborted, HttpStatusCode.Conflict, "etag"),
        ["REQUEST_ID_CONFLICT"] = new(StatusCode.Aborted, HttpStatusCode.Conflict, "requestId"),
        ["NOT_FOUND"] = new(StatusCode.NotFound, HttpStatusCode.NotFound),
        ["ALREADY_EXISTS"] = new(StatusCode.AlreadyExists, HttpStatusCode.Conflict),
        ["INVALID_ARGUMENT"] = new(StatusCode.InvalidArgument, HttpStatusCode.BadRequest, "reason", "note", "ticket", "requestId", "etag"),
    };

    public static IEnumerable<TheoryDataRow<string, Protocol>> All =>
        from reason in Reasons.Keys from protocol in Enum.GetValues<Protocol>() select new TheoryDataRow<string, Protocol>(reason, protocol);

    [Theory, MemberData(nameof(All))]
    public async Task A_reason_has_its_code_its_status_and_its_details(string reason, Protocol protocol)
    {
        var cast = Meet(protocol);
        var error = reason switch
        {
            "PROPOSAL_EXPIRED" => await ExpiredAsync(cast),
            "OVERLOADED" => await OverloadedAsync(cast),
            "UNAUTHENTICATED" => await WireClient.ErrorAsync(Grid.Caller(protocol, token: null).Accounts.GetAccountAsync(new() { Id = 1 }, Options)),
            "AUTHORITY_ENDED" or "NOTICE_PERIOD" or "SAME_PERSON" or "PROPOSAL_VOID" => await OfPeopleAsync(cast, reason),
            "BUDGET_EXCEEDED" or "REACH_EXCEEDED" => await OfBudgetsAsync(cast, reason),
            "FOLLOWER_LOSS_LIMIT" => await OfLossesAsync(cast),
            _ => await OfRequestsAsync(cast, reason),
        };
        var expected = Reasons[reason];
        Assert.Equal((reason, expected.Code), (error.Reason, error.Code));
        Assert.Equal(protocol == Protocol.Http ? expected.Status : null, error.HttpStatus);
        Assert.Equal(protocol == Protocol.Http ? expected.FieldsOverHttp ?? expected.Fields : expected.Fields, error.Fields);
        Assert.NotEmpty(error.Message);
        Assert.Equal(expected.HasDelay, error.RetryDelay > TimeSpan.Zero);
        Assert.Equal(expected.HasDelay && protocol == Protocol.Http, error.RetryAfter >= 1);
    }

    [Theory, BothProtocols]
    public async Task What_does_not_exist_is_not_found(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (id, nobody) = (Topology.FreshId(), Topology.FreshName("nobody"));
        Func<Task>[] calls =
        [
            () => cast.Shop.Wire.Accounts.GetAccountAsync(new() { Id = id }, Options).ResponseAsync,
            () => cast.Shop.Wire.Accounts.GetPublicAccountAsync(new() { Id = id }, Options).ResponseAsync,
            () => cast.Shop.Wire.Followers.PutFollowerAsync(new() { Account = id, Follower = 1 }, Options).ResponseAsync,
            () => cast.Kim.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options).ResponseAsync,
            () => cast.Kim.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options).ResponseAsync,
            () => cast.Kim.Wire.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, Options).ResponseAsync,
            () => cast.Kim.Wire.Proposals.ApproveProposalAsync(new() { Id = $"{id}-1" }, Options).ResponseAsync,
            () => cast.Kim.Wire.Operators.GetOperatorAsync(new() { Id = nobody }, Options).ResponseAsync,
            () => cast.Kim.Wire.Operators.OffboardOperatorAsync(new() { Id = nobody }, Options).ResponseAsync,
            () => cast.Kim.Wire.Operators.UndoOperatorAsync(new() { Id = nobody, Since = In(TimeSpan.FromDays(-1)) }, Options).ResponseAsync,
        ];
        foreach (var reason in await Task.WhenAll(calls.Select(ReasonOfAsync)))
        {
            Assert.Equal("NOT_FOUND", reason);
        }
    }

    /// <summary>A command without a request id is not sent again by a gateway where silos have just met; a client does that.</summary>
    private static async Task<string> ReasonOfAsync(Func<Task> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            var reason = WireError.From(await Assert.ThrowsAnyAsync<RpcException>(call)).Reason;
            if (reason != "STORAGE_UNAVAILABLE" || attempt == 3)
            {
                return reason;
            }
        }
    }

    private static async Task<WireError> OfRequestsAsync(Cast cast, string reason)
    {
        var accounts = cast.Kim.Wire.Accounts;
        var id = await cast.RegisterAsync(reason == "NEEDS_SECOND_PERSON" ? Topology.ProtectedReach : 0);
        var etag = (await cast.ReadAsync(id)).Etag;
        switch (reason)
        {
            case "FORBIDDEN_ROLE":
                return await WireClient.ErrorAsync(cast.Shop.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options));
            case "NEEDS_SECOND_PERSON":
                return await WireClient.ErrorAsync(accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", DirectOnly = true }, Options));
            case "WRONG_STATUS":
                return await WireClient.ErrorAsync(accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, Options));
            case "TOO_LARGE":
                return await WireClient.ErrorAsync(accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", Note = new string('n', 1024 * 1024 + 1) }, Options));
            case "VERSION_MISMATCH":
                await cast.Lee.DownAsync(id);
                return await WireClient.ErrorAsync(accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR", Etag = etag }, Options));
            case "REQUEST_ID_CONFLICT":
                await accounts.ProtectAccountAsync(new() { Id = id, Reason = "OTHER", RequestId = "r" }, Options);
                return await WireClient.ErrorAsync(accounts.ProtectAccountAsync(new() { Id = id, Reason = "LEGAL", RequestId = "r" }, Options));
            case "NOT_FOUND":
                return await WireClient.ErrorAsync(accounts.DeactivateAccountAsync(new() { Id = Topology.FreshId(), Reason = "SPAM" }, Options));
            case "ALREADY_EXISTS":
                return await WireClient.ErrorAsync(cast.Shop.Wire.Accounts.RegisterAccountAsync(new() { Id = id, Handle = "other" }, Options));
            case "INVALID_ARGUMENT":
                return await WireClient.ErrorAsync(accounts.SuspendAccountAsync(
                    new() { Id = id, Reason = "no", Note = "\0", Ticket = "\0", RequestId = " ", Etag = "x" }, Options));
            default:
                throw new ArgumentOutOfRangeException(nameof(reason), reason, null);
        }
    }

    private static async Task<WireError> OfPeopleAsync(Cast cast, string reason)
    {
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        var proposal = (await cast.Kim.DownAsync(id)).Proposal;
        var second = cast.Lee;
        switch (reason)
        {
            case "AUTHORITY_ENDED":
                await second.Wire.Accounts.GetAccountAsync(new() { Id = id }, Options);
                await cast.OffboardAsync(second);
                break;
            case "NOTICE_PERIOD":
                second = await cast.EnrollAsync("leaver", TimeProvider.System.GetUtcNow().AddDays(3), V1.Role.Approver);
                break;
            case "PROPOSAL_VOID":
                await cast.Lee.Wire.Accounts.ProtectAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options);
                break;
            default:
                second = cast.Kim;
                break;
        }

        return await WireClient.ErrorAsync(second.Wire.Proposals.ApproveProposalAsync(new() { Id = proposal.Id }, Options));
    }

    private static async Task<WireError> OfBudgetsAsync(Cast cast, string reason)
    {
        var (harms, followers) = reason == "BUDGET_EXCEEDED" ? (Topology.MaxHarms, 0) : (1, (Topology.MaxReach / 2) + 1);
        for (var i = 0; i < harms; i++)
        {
            await cast.Kim.DownAsync(await cast.RegisterAsync(followers));
        }

        return await WireClient.ErrorAsync(
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(new() { Id = await cast.RegisterAsync(followers), Reason = "SPAM" }, Options));
    }

    private static async Task<WireError> OfLossesAsync(Cast cast)
    {
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        await cast.IngestAsync(
            Enumerable.Range(1, Topology.LossAtLeast).Select(f => Cast.FollowOf(id, f, V1.Follow.Types.Op.Unfollow)));
        return await WireClient.ErrorAsync(
            cast.Shop.Wire.Followers.DeleteFollowerAsync(
                new() { Account = id, Follower = Topology.ProtectedReach }, Options));
    }

    private async Task<WireError> ExpiredAsync(Cast cast)
    {
        var closed = await cast.EventAsync(Grid.Forgotten.Account, "proposal-closed");
        Assert.Equal(V1.Actor.Types.Kind.System, closed.Actor.Kind);
        Assert.Null((await cast.ReadAsync(Grid.Forgotten.Account)).OpenProposal);
        return await WireClient.ErrorAsync(cast.Lee.Wire.Proposals.ApproveProposalAsync(new() { Id = Grid.Forgotten.Id }, Options));
    }

    private async Task<WireError> OverloadedAsync(Cast cast)
    {
        // Open streams are counted by each gateway for itself.
        var at = cast.Shop.At(Grid.Gateways[0]);
        var streams = new List<AsyncServerStreamingCall<V1.WatchEventsResponse>>();
        for (var i = 0; i < Topology.MaxStreams; i++)
        {
            streams.Add(at.Events.WatchEvents(new(), Options));
            await streams[i].ResponseHeadersAsync;
        }

        using var oneMore = at.Events.WatchEvents(new(), Options);
        var error = WireError.From(await Assert.ThrowsAnyAsync<RpcException>(() => oneMore.ResponseStream.MoveNext(Options.CancellationToken)));
        streams.ForEach(static stream => stream.Dispose());
        return error;
    }

    private sealed record Expected(StatusCode Code, HttpStatusCode Status, params string[] Fields)
    {
        /// <summary>Whether waiting helps, and the answer says how long.</summary>
        public bool HasDelay { get; init; }

        /// <summary>Where HTTP can name what gRPC cannot.</summary>
        public string[]? FieldsOverHttp { get; init; }
    }
}
