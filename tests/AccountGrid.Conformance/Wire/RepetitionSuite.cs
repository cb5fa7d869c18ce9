namespace AccountGrid.Conformance.Wire;

/// <summary>
/// The same again, and what was seen before: request ids and etags, also when the repetition comes through another
/// gateway.
/// </summary>
public abstract class RepetitionSuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task A_stale_etag_is_refused_and_the_current_one_is_not(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var etag = (await cast.ReadAsync(id)).Etag;
        var down = await cast.Kim.DownAsync(id);
        foreach (var error in new[]
        {
            await WireClient.ErrorAsync(
                cast.Kim.Wire.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "SPAM", Etag = etag }, Options)),
            await WireClient.ErrorAsync(
                cast.Lee.Wire.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "SPAM", Etag = etag }, Options)),
        })
        {
            Assert.Equal("VERSION_MISMATCH", error.Reason);
            Assert.Equal(["etag"], error.Fields);
        }

        Assert.Equal(down.Account, await cast.ReadAsync(id));
        var up = await cast.Lee.Wire.Accounts.RestoreAccountAsync(
            new() { Id = id, Reason = "ERROR", Etag = down.Account.Etag }, Options);
        Assert.Equal(V1.Account.Types.Status.Active, up.Account.Status);
    }

    [Theory, BothProtocols]
    public async Task A_request_with_an_id_is_answered_the_same_at_every_gateway(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = Topology.FreshId();
        var register = new V1.RegisterAccountRequest { Id = id, Handle = $"r_{id}", RequestId = $"register-{id}" };
        await SameEverywhereAsync(cast.Shop, at => at.Accounts.RegisterAccountAsync(register, Options).ResponseAsync);
        var down = new V1.DeactivateAccountRequest { Id = id, Reason = "SPAM", RequestId = $"down-{id}" };
        await SameEverywhereAsync(cast.Kim, at => at.Accounts.DeactivateAccountAsync(down, Options).ResponseAsync);
        var up = new V1.RestoreAccountRequest { Id = id, Reason = "ERROR", RequestId = $"up-{id}" };
        await SameEverywhereAsync(cast.Kim, at => at.Accounts.RestoreAccountAsync(up, Options).ResponseAsync);
        var suspend = new V1.SuspendAccountRequest
        {
            Id = id,
            Reason = "ABUSE",
            Until = In(TimeSpan.FromDays(1)),
            RequestId = $"suspend-{id}",
        };
        await SameEverywhereAsync(cast.Kim, at => at.Accounts.SuspendAccountAsync(suspend, Options).ResponseAsync);

        // The default of the review date was once filled in on the way, from the clock: the retry then had another
        // body.
        var protect = new V1.ProtectAccountRequest { Id = id, Reason = "OTHER", RequestId = $"protect-{id}" };
        await SameEverywhereAsync(cast.Kim, at => at.Accounts.ProtectAccountAsync(protect, Options).ResponseAsync);
        var erase = new V1.EraseAccountRequest { Id = id, Reason = "LEGAL", RequestId = $"erase-{id}" };
        var pending = await SameEverywhereAsync(
            cast.Kim, at => at.Accounts.EraseAccountAsync(erase, Options).ResponseAsync);
        var withdraw = new V1.WithdrawProposalRequest { Id = pending.Proposal.Id, RequestId = $"withdraw-{id}" };
        await SameEverywhereAsync(cast.Kim, at => at.Proposals.WithdrawProposalAsync(withdraw, Options).ResponseAsync);
        var unprotect = new V1.UnprotectAccountRequest { Id = id, Reason = "OTHER", RequestId = $"unprotect-{id}" };
        var second = await SameEverywhereAsync(
            cast.Kim, at => at.Accounts.UnprotectAccountAsync(unprotect, Options).ResponseAsync);
        var reject = new V1.RejectProposalRequest { Id = second.Proposal.Id, RequestId = $"reject-{id}" };
        await SameEverywhereAsync(cast.Lee, at => at.Proposals.RejectProposalAsync(reject, Options).ResponseAsync);
        var again = await cast.Kim.Wire.Accounts.EraseAccountAsync(new() { Id = id, Reason = "LEGAL" }, Options);
        var approve = new V1.ApproveProposalRequest { Id = again.Proposal.Id, RequestId = $"approve-{id}" };
        await SameEverywhereAsync(cast.Lee, at => at.Proposals.ApproveProposalAsync(approve, Options).ResponseAsync);

        // Eleven commands, each once in the journal, however often they came.
        Assert.Equal(11, (await cast.ReadAsync(id)).Version);
    }

    [Theory, BothProtocols]
    public async Task A_request_id_with_another_body_is_refused_at_every_gateway(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var requestId = $"r-{id}";
        var first = await cast.Kim.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "SPAM", RequestId = requestId }, Options);
        foreach (var gateway in Grid.Everywhere)
        {
            foreach (var error in new[]
            {
                await WireClient.ErrorAsync(
                    cast.Kim.At(gateway).Accounts.DeactivateAccountAsync(
                        new() { Id = id, Reason = "ABUSE", RequestId = requestId }, Options)),
                await WireClient.ErrorAsync(
                    cast.Kim.At(gateway).Accounts.RestoreAccountAsync(
                        new() { Id = id, Reason = "SPAM", RequestId = requestId }, Options)),
                await WireClient.ErrorAsync(
                    cast.Lee.At(gateway).Accounts.DeactivateAccountAsync(
                        new() { Id = id, Reason = "SPAM", RequestId = requestId }, Options)),
            })
            {
                Assert.Equal("REQUEST_ID_CONFLICT", error.Reason);
                Assert.Equal(["requestId"], error.Fields);
            }
        }

        Assert.Equal(first.Account.Version, (await cast.ReadAsync(id)).Version);
    }

    // A refused request was done the second time, after another person had restored the account: a late retry took it
    // down.
    [Theory, BothProtocols]
    public async Task A_request_that_was_refused_for_the_state_is_refused_at_every_gateway_later(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        await cast.Lee.DownAsync(id);
        var late = new V1.DeactivateAccountRequest { Id = id, Reason = "SPAM", RequestId = $"late-{id}" };
        var approve = new V1.ApproveProposalRequest { Id = $"{id}-99", RequestId = $"approve-{id}" };
        var first = await WireClient.ErrorAsync(cast.Kim.Wire.Accounts.DeactivateAccountAsync(late, Options));
        Assert.Equal("WRONG_STATUS", first.Reason);
        var missing = await WireClient.ErrorAsync(cast.Lee.Wire.Proposals.ApproveProposalAsync(approve, Options));
        Assert.Equal("NOT_FOUND", missing.Reason);
        var up = await cast.Lee.UpAsync(id);
        foreach (var gateway in Grid.Everywhere)
        {
            var again = await WireClient.ErrorAsync(
                cast.Kim.At(gateway).Accounts.DeactivateAccountAsync(late, Options));
            Assert.Equal((first.Reason, first.Message), (again.Reason, again.Message));
            Assert.Equal(
                missing.Message,
                (await WireClient.ErrorAsync(
                    cast.Lee.At(gateway).Proposals.ApproveProposalAsync(approve, Options))).Message);
        }

        Assert.Equal((up.Account.Version, V1.Account.Types.Status.Active),
            ((await cast.ReadAsync(id)).Version, (await cast.ReadAsync(id)).Status));
    }

    // A token without any power made an entry with each of 300 calls.
    [Theory, BothProtocols]
    public async Task Many_attempts_without_power_make_few_entries(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var auditor = cast.Meet("auditor", "auditor");
        for (var i = 0; i < 30; i++)
        {
            var error = await WireClient.ErrorAsync(auditor.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "SPAM", RequestId = $"r{i}" }, Options));
            Assert.Equal("FORBIDDEN_ROLE", error.Reason);
        }

        Assert.InRange((await cast.ReadAsync(id)).Version, 2, 10);
    }

    [Theory, BothProtocols]
    public async Task The_same_request_at_all_gateways_at_once_acts_once(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var request = new V1.DeactivateAccountRequest { Id = id, Reason = "SPAM", RequestId = $"once-{id}" };
        var callers = Grid.Everywhere.SelectMany(gateway => Enumerable.Repeat(cast.Kim.At(gateway), 4)).ToArray();
        var answers = await Task.WhenAll(
            callers.Select(caller => caller.Accounts.DeactivateAccountAsync(request, Options).ResponseAsync));
        Assert.All(answers,
            static answer => Assert.Equal((V1.Outcome.Done, 2L), (answer.Outcome, answer.Account.Version)));
        Assert.Equal(2, (await cast.ReadAsync(id)).Version);
    }

    [Theory, BothProtocols]
    public async Task Of_two_that_register_the_same_id_at_once_one_succeeds(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = Topology.FreshId();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async n =>
        {
            try
            {
                return (await cast.Shop.Wire.Accounts.RegisterAccountAsync(
                    new() { Id = id, Handle = $"taken_{n}" }, Options)).Account.Handle;
            }
            catch (Grpc.Core.RpcException e)
            {
                Assert.Equal("ALREADY_EXISTS", WireError.From(e).Reason);
                return "";
            }
        }));
        var account = await cast.ReadAsync(id);
        Assert.Equal((Assert.Single(outcomes, static o => o.Length > 0), 1L), (account.Handle, account.Version));
    }

    private async Task<T> SameEverywhereAsync<T>(Person person, Func<WireClient, Task<T>> call)
    {
        var first = await call(person.Wire);
        foreach (var gateway in Grid.Everywhere)
        {
            Assert.Equal(first, await call(person.At(gateway)));
        }

        return first;
    }
}
