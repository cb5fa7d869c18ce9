using System.Net;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Input;

public sealed class ConflictTests(SharedGateway gateway)
{
    [Fact]
    public async Task A_stale_etag_is_refused()
    {
        var id = await gateway.RegisterAsync();
        var etag = (await gateway.ReadAsync(id)).Etag;
        await SharedGateway.DeactivateAsync(gateway.Kim, id);
        foreach (var error in new[]
        {
            await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", etag }),
            await Wire.ErrorAsync(gateway.Kim.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "SPAM", Etag = etag }, Wire.Options)),
        })
        {
            Is("VERSION_MISMATCH", StatusCode.Aborted, HttpStatusCode.Conflict, error);
            Assert.Equal(["etag"], error.Fields);
        }

        Assert.Equal(2, (await gateway.ReadAsync(id)).Version);
    }

    [Fact]
    public async Task A_request_id_with_another_body_is_refused_and_with_the_same_answers_the_same()
    {
        var id = await gateway.RegisterAsync();
        var requestId = $"r-{id}";
        var first = await gateway.Kim.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", RequestId = requestId }, Wire.Options);
        var again = await gateway.Kim.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", requestId });
        Assert.Equal("DONE", again.GetProperty("outcome").GetString());
        foreach (var error in new[]
        {
            await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "ABUSE", requestId }),
            await Wire.ErrorAsync(gateway.Kim.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "SPAM", RequestId = requestId }, Wire.Options)),
        })
        {
            Is("REQUEST_ID_CONFLICT", StatusCode.Aborted, HttpStatusCode.Conflict, error);
            Assert.Equal(["requestId"], error.Fields);
        }

        Assert.Equal(first.Account.Version, (await gateway.ReadAsync(id)).Version);
    }

    [Fact]
    public async Task A_protection_without_a_review_date_may_be_asked_for_twice()
    {
        // The default was once filled in on the way, from the clock: the retry then had another body.
        var id = await gateway.RegisterAsync();
        var body = new { reason = "OTHER", requestId = $"p-{id}" };
        var first = await gateway.Kim.PostAsync($"/v1/accounts/{id}:protect", body);
        var again = await gateway.Kim.PostAsync($"/v1/accounts/{id}:protect", body);
        Assert.Equal(first.GetProperty("account").GetProperty("version").GetString(), again.GetProperty("account").GetProperty("version").GetString());
        Assert.Equal("kim", again.GetProperty("account").GetProperty("protection").GetProperty("owner").GetString());
    }

    [Fact]
    public async Task What_exists_is_not_registered_again()
    {
        var id = await gateway.RegisterAsync();
        Is("ALREADY_EXISTS", StatusCode.AlreadyExists, HttpStatusCode.Conflict, await gateway.Service.PostErrorAsync("/v1/accounts", new { id, handle = "other" }));
        Is("ALREADY_EXISTS", StatusCode.AlreadyExists, null, await Wire.ErrorAsync(
            gateway.Service.Accounts.RegisterAccountAsync(new() { Id = id, Handle = "other" }, Wire.Options)));
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found()
    {
        var id = SharedGateway.FreshId();
        foreach (var error in new[]
        {
            await gateway.Service.GetErrorAsync($"/v1/accounts/{id}"),
            await gateway.Service.GetErrorAsync($"/v1/public/accounts/{id}"),
            await gateway.Kim.GetErrorAsync($"/v1/accounts/{id}/journal"),
            await gateway.Kim.GetErrorAsync($"/v1/accounts/{id}/incidents"),
            await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }),
            await gateway.Kim.PostErrorAsync($"/v1/proposals/{id}-1:approve", new { }),
            await gateway.Kim.GetErrorAsync($"/v1/operators/nobody.{id}"),
            await gateway.Kim.PostErrorAsync($"/v1/operators/nobody.{id}:undo", new { since = "2026-01-01T00:00:00Z" }),
            await Wire.ErrorAsync(gateway.Service.Followers.PutFollowerAsync(new() { Account = id, Follower = 1 }, Wire.Options)),
        })
        {
            Is("NOT_FOUND", StatusCode.NotFound, HttpStatusCode.NotFound, error);
        }
    }

    [Fact]
    public async Task A_status_that_does_not_allow_it_is_said()
    {
        var id = await gateway.RegisterAsync();
        Is("WRONG_STATUS", StatusCode.FailedPrecondition, HttpStatusCode.BadRequest, await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }));
    }

    [Fact]
    public async Task Two_people_are_asked_for_by_their_own_reasons()
    {
        var id = await gateway.RegisterAsync(followers: 1_000);
        Is("NEEDS_SECOND_PERSON", StatusCode.FailedPrecondition, HttpStatusCode.BadRequest, await gateway.Kim.PostErrorAsync(
            $"/v1/accounts/{id}:deactivate", new { reason = "SPAM", directOnly = true }));
        var pending = await SharedGateway.DeactivateAsync(gateway.Kim, id);
        Assert.Equal(V1.Outcome.Pending, pending.Outcome);
        Assert.Equal(1_000, pending.Proposal.ShownFollowers);
        Is("SAME_PERSON", StatusCode.PermissionDenied, HttpStatusCode.Forbidden, await gateway.Kim.PostErrorAsync($"/v1/proposals/{pending.Proposal.Id}:approve", new { }));
        var approved = await gateway.Lee.Proposals.ApproveProposalAsync(new() { Id = pending.Proposal.Id, Digest = pending.Proposal.Digest }, Wire.Options);
        Assert.Equal(V1.Outcome.Done, approved.Outcome);
        Assert.Equal("lee", Assert.Single(approved.Account.Holds).ApprovedBy);
    }

    private static void Is(string reason, StatusCode code, HttpStatusCode? status, WireError error)
    {
        Assert.Equal(reason, error.Reason);
        Assert.Equal(code, error.Code);
        if (error.HttpStatus is not null && status is not null)
        {
            Assert.Equal(status, error.HttpStatus);
        }
    }
}
