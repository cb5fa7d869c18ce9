using System.Security.Cryptography;
using AccountGrid.Testing;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>Who gets in, and as what.</summary>
public abstract class AccessSuite(Topology topology) : WireSuite(topology)
{
    private static readonly string[] Service = ["service"];

    [Theory, BothProtocols]
    public async Task Whoever_has_no_good_token_is_refused_at_every_gateway(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string?[] tokens =
            [null, "garbage", Grid.Token("shop", TimeSpan.FromSeconds(-45), Service),
                TestTokens.Mint(foreign, "shop", Service)];
        foreach (var at in from gateway in Grid.Everywhere
                           from token in tokens
                           select Grid.CallerAt(
            gateway, protocol, token))
        {
            IsRefused(await WireClient.ErrorAsync(at.Accounts.GetAccountAsync(new() { Id = id }, Options)));
            IsRefused(
                await WireClient.ErrorAsync(
                    at.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", Owner = true }, Options)));
            using var watch = at.Events.WatchEvents(new(), Options);
            IsRefused(
                WireError.From(
                    await Assert.ThrowsAnyAsync<RpcException>(
                        () => watch.ResponseStream.MoveNext(Options.CancellationToken))));
            IsRefused(await at.PostErrorAsync("/v1/followers:ingest", "{}", "application/x-ndjson"));
        }

        Assert.Equal(1, (await cast.ReadAsync(id)).Version);

        static void IsRefused(WireError error) =>
            Assert.Equal(("UNAUTHENTICATED", StatusCode.Unauthenticated), (error.Reason, error.Code));
    }

    [Theory, BothProtocols]
    public async Task A_service_may_not_do_what_staff_does(Protocol protocol)
    {
        var (shop, kim) = (Meet(protocol).Shop.Wire, Topology.FreshName("kim"));
        await AllForbiddenAsync(
            shop.Accounts.ListJournalEntriesAsync(new() { Id = 1 }, Options).ResponseAsync,
            shop.Accounts.ListIncidentsAsync(new() { Id = 1 }, Options).ResponseAsync,
            shop.Proposals.ListProposalsAsync(new(), Options).ResponseAsync,
            shop.Operators.ListOperatorsAsync(new(), Options).ResponseAsync,
            shop.Operators.GetOperatorAsync(new() { Id = kim }, Options).ResponseAsync,
            shop.Operators.EnrollOperatorAsync(new() { Id = kim, Roles = { V1.Role.Admin } }, Options).ResponseAsync,
            shop.Operators.UndoOperatorAsync(
                new() { Id = kim, Since = In(TimeSpan.FromHours(-1)) }, Options).ResponseAsync,
            shop.Audit.ListAuditEntriesAsync(new(), Options).ResponseAsync,
            shop.Audit.VerifyAuditAsync(new(), Options).ResponseAsync,
            shop.Audit.ListCheckpointsAsync(new(), Options).ResponseAsync);
    }

    [Theory, BothProtocols]
    public async Task Staff_may_not_do_what_a_service_does(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var kim = cast.Kim.Wire;
        using var ingest = kim.Followers.IngestFollows(Options);
        await ingest.RequestStream.CompleteAsync();
        await AllForbiddenAsync(
            kim.Accounts.RegisterAccountAsync(new() { Id = Topology.FreshId(), Handle = "x" }, Options).ResponseAsync,
            kim.Accounts.GetPublicAccountAsync(new() { Id = id }, Options).ResponseAsync,
            kim.Followers.PutFollowerAsync(new() { Account = id, Follower = 2 }, Options).ResponseAsync,
            kim.Followers.DeleteFollowerAsync(new() { Account = id, Follower = 2 }, Options).ResponseAsync,
            ingest.ResponseAsync);
        Assert.Equal(0, (await cast.ReadAsync(id)).Followers.Count);
    }

    [Theory, BothProtocols]
    public async Task A_command_without_the_role_is_refused_and_recorded(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var auditor = cast.Meet("auditor", "auditor");
        await AllForbiddenAsync(
            auditor.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options).ResponseAsync,
            cast.Shop.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options).ResponseAsync,
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "SPAM", Owner = true }, Options).ResponseAsync);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
        var journal = await auditor.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options);
        Assert.Equal(
            new[] { auditor.Name, cast.Shop.Name, cast.Kim.Name }.Order(StringComparer.Ordinal),
            journal.Entries.Where(static e => e.Type == "attempt-refused").Select(static e => e.Actor.Subject)
                .Order(StringComparer.Ordinal));
    }

    [Theory, BothProtocols]
    public async Task A_role_that_is_none_of_ours_opens_nothing(Protocol protocol)
    {
        var caller = Meet(protocol).Meet("web", "superuser").Wire;
        await AllForbiddenAsync(caller.Accounts.GetAccountAsync(new() { Id = 1 }, Options).ResponseAsync,
            caller.Accounts.ListAccountsAsync(new(), Options).ResponseAsync);
    }

    // One token with the roles service and approver proposed as the owner and approved as the person: a protected
    // account went down alone.
    [Theory, BothProtocols]
    public async Task A_token_with_a_staff_role_is_no_owners_service(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        foreach (var staff in new[] { "support", "approver", "auditor", "admin" })
        {
            var both = cast.Meet("both", "service", staff).Wire;
            await AllForbiddenAsync(
                both.Accounts.DeactivateAccountAsync(
                    new() { Id = id, Reason = "SPAM", Owner = true }, Options).ResponseAsync,
                both.Accounts.RestoreAccountAsync(
                    new() { Id = id, Reason = "SPAM", Owner = true }, Options).ResponseAsync);
        }

        Assert.Null((await cast.ReadAsync(id)).OpenProposal);
    }

    // The same with two tokens of one subject: only people were compared with people.
    [Theory, BothProtocols]
    public async Task A_service_and_a_person_with_one_subject_are_one_person(Protocol protocol)
    {
        var cast = Meet(protocol);
        foreach (var spell in (Func<string, string>[])[static name => name, static name => name.ToUpperInvariant()])
        {
            var id = await cast.RegisterAsync(Topology.ProtectedReach);
            var name = Topology.FreshName("twice");
            var proposal = (await new Person(Grid, protocol, name, "service").Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "SPAM", Owner = true }, Options)).Proposal;
            var approver = new Person(Grid, protocol, spell(name), "approver").Wire;
            Assert.Equal("SAME_PERSON", (await WireClient.ErrorAsync(approver.Proposals.ApproveProposalAsync(
                new() { Id = proposal.Id, Digest = proposal.Digest }, Options))).Reason);
            Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(id)).Status);
            Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.Lee.ApproveAsync(proposal)).Account.Status);
        }
    }

    // An offboarded person went on taking accounts down and restoring them with "owner": true, and spent no budget
    // before.
    [Theory, BothProtocols]
    public async Task The_owners_variant_is_no_way_round_the_end_of_authority(Protocol protocol)
    {
        var cast = Meet(protocol);
        var (standing, down) = (await cast.RegisterAsync(), await cast.RegisterAsync());
        await cast.OwnerDownAsync(down);
        var leaver = cast.Meet("leaver", "support", "service");
        await leaver.DownAsync(standing);
        await leaver.UpAsync(standing);
        await cast.OffboardAsync(leaver);

        Assert.Equal("AUTHORITY_ENDED", (await WireClient.ErrorAsync(leaver.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = standing, Reason = "SPAM" }, Options))).Reason);
        await AllForbiddenAsync(
            leaver.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = standing, Reason = "SPAM", Owner = true }, Options).ResponseAsync,
            leaver.Wire.Accounts.RestoreAccountAsync(
                new() { Id = down, Reason = "SPAM", Owner = true }, Options).ResponseAsync);
        // Nor is a second token of the same subject, with the role service alone.
        var service = new Person(Grid, protocol, leaver.Name, "service").Wire;
        await AllForbiddenAsync(
            service.Accounts.DeactivateAccountAsync(
                new() { Id = standing, Reason = "SPAM", Owner = true }, Options).ResponseAsync,
            service.Accounts.RestoreAccountAsync(
                new() { Id = down, Reason = "SPAM", Owner = true }, Options).ResponseAsync);
        Assert.Equal(V1.Account.Types.Status.Active, (await cast.ReadAsync(standing)).Status);
        Assert.Equal(V1.Account.Types.Status.Deactivated, (await cast.ReadAsync(down)).Status);
    }

    private static async Task AllForbiddenAsync(params Task[] calls)
    {
        foreach (var call in calls)
        {
            var error = WireError.From(await Assert.ThrowsAnyAsync<RpcException>(() => call));
            Assert.Equal(("FORBIDDEN_ROLE", StatusCode.PermissionDenied), (error.Reason, error.Code));
        }
    }
}
