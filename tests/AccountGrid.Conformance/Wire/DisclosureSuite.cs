using System.Collections;
using System.Reflection;
using AccountGrid.Testing;
using Google.Protobuf;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>Who may call what, and what services see of what staff did.</summary>
public abstract class DisclosureSuite(Topology topology) : WireSuite(topology)
{
    /// <summary>Stands in every name, note and ticket that is planted, and nowhere else.</summary>
    private const string Marker = "zqmarker";

    private static readonly string[] ServiceRoles = ["reader", "follower-writer", "registrar", "owner-agent"];
    private static readonly string[] StaffRoles = ["support", "approver", "auditor", "admin"];

    private static readonly IMethod[] Methods =
    [
        .. new[]
        {
            typeof(V1.AccountService), typeof(V1.FollowerService), typeof(V1.ProposalService),
            typeof(V1.OperatorService), typeof(V1.BrakeService), typeof(V1.AuditService), typeof(V1.EventService),
            typeof(V1.TraceService), typeof(V1.PolicyService),
        }
        .SelectMany(static service => service.GetFields(BindingFlags.NonPublic | BindingFlags.Static))
        .Where(static field => field.Name.StartsWith("__Method_", StringComparison.Ordinal))
        .Select(static field => (IMethod)field.GetValue(null)!),
    ];

    [Theory, BothProtocols]
    public async Task No_service_sees_a_person_a_note_a_ticket_or_a_proposal_in_any_field_of_any_answer(
        Protocol protocol)
    {
        var cast = Meet(protocol);
        var planted = await PlantAsync(cast);
        foreach (var role in ServiceRoles.Append("service"))
        {
            var service = cast.Meet("web", role).Wire.Invoker;
            foreach (var method in Methods)
            {
                foreach (var request in await RequestsAsync(cast, method, planted, ofStaff: false))
                {
                    var (answers, error) = await CallAsync(service, method, request, planted);
                    Assert.All(
                        answers.SelectMany(TextsOf).Append(error?.ToString() ?? ""),
                        text => Assert.False(
                            text.Contains(Marker, StringComparison.OrdinalIgnoreCase),
                            $"{role} sees \"{text}\" in {method.Name}"));
                    Assert.All(answers.SelectMany(MessagesOf), message => Assert.False(
                        message is V1.Actor or V1.Protection or V1.JournalEntry or V1.Operator or V1.Policy
                            || (message is V1.Proposal && method.Name != "DeactivateAccount"),
                        $"{role} gets a {message.Descriptor.Name} of {method.Name}"));
                    Assert.DoesNotContain(
                        answers.OfType<V1.WatchEventsResponse>(), static e => e.Type.Contains("proposal"));
                }
            }
        }
    }

    // Without it the test above would hold where nothing was planted.
    [Theory, BothProtocols]
    public async Task Staff_see_all_of_it(Protocol protocol)
    {
        var cast = Meet(protocol);
        var planted = await PlantAsync(cast);
        var seen = new HashSet<string>();
        foreach (var method in Methods)
        {
            foreach (var request in await RequestsAsync(cast, method, planted, ofStaff: true))
            {
                var (answers, _) = await CallAsync(cast.Kim.Wire.Invoker, method, request, planted);
                if (answers.SelectMany(TextsOf).Any(static text => text.Contains(Marker, StringComparison.Ordinal)))
                {
                    seen.Add(method.Name);
                }
            }
        }

        Assert.Superset(
            new HashSet<string>
            {
                "GetAccount", "BatchGetAccounts", "ListAccounts", "WatchEvents", "ListProposals", "ListJournalEntries",
                "ListIncidents", "GetOperator",
            },
            seen);
    }

    [Theory, BothProtocols]
    public async Task Every_method_is_open_to_the_roles_that_the_README_names_and_to_no_other(Protocol protocol)
    {
        var cast = Meet(protocol);
        var planted = await PlantAsync(cast);
        var table = ReadTable();
        Assert.Equal(Methods.Select(NameOf).Order(StringComparer.Ordinal), table.Keys.Order(StringComparer.Ordinal));
        foreach (var role in ServiceRoles.Concat(StaffRoles).Append("service"))
        {
            var isStaff = StaffRoles.Contains(role);
            var caller = cast.Meet(role, role).Wire.Invoker;
            foreach (var method in Methods)
            {
                var allowed = table[NameOf(method)];
                var request = (await RequestsAsync(cast, method, planted, isStaff))[0];
                var (_, error) = await CallAsync(caller, method, request, planted);
                Assert.True(
                    (error?.Reason != "FORBIDDEN_ROLE")
                        == (role == "service" ? allowed.Any(ServiceRoles.Contains) : allowed.Contains(role)),
                    $"{role} calls {method.Name}: {error?.Reason ?? "OK"}, {error?.Message}");
            }
        }
    }

    // What a repetition answers is the account as it is now, whatever has become of it since.
    [Theory, BothProtocols]
    public async Task A_repeated_registration_shows_a_service_no_more_than_a_read(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = Topology.FreshId();
        var register = new V1.RegisterAccountRequest { Id = id, Handle = $"user_{id}", RequestId = $"r-{id}" };
        await cast.Shop.Wire.Accounts.RegisterAccountAsync(register, Options);
        await cast.Meet(Marker, "support").DownAsync(id);
        var again = (await cast.Shop.Wire.Accounts.RegisterAccountAsync(register, Options)).Account;
        Assert.Equal((V1.Hold.Types.Kind.StaffDeactivation, "SPAM", null, ""), Assert.Single(
            again.Holds.Select(static h => (h.Kind, h.Reason, h.PlacedBy, h.ApprovedBy))));
    }

    private sealed record Planted(
        IReadOnlyList<long> Accounts, long Waiting, long Spare, string ProposalId, string Person);

    /// <summary>
    /// Accounts with every kind of hold, proposal and protection, all of it by people with the marker.
    /// </summary>
    private static async Task<Planted> PlantAsync(Cast cast)
    {
        var person = cast.Meet(Marker, StaffRoles);
        var other = cast.Meet(Marker, StaffRoles);
        var agent = cast.Meet(Marker, "owner-agent").Wire.Accounts;
        var (down, scheduled, shielded, spare) = (await cast.RegisterAsync(), await cast.RegisterAsync(),
            await cast.RegisterAsync(), await cast.RegisterAsync());
        var (waiting, approved) = (await cast.RegisterAsync(Topology.ProtectedReach),
            await cast.RegisterAsync(Topology.ProtectedReach));
        var staff = person.Wire.Accounts;
        await staff.DeactivateAccountAsync(Down(down), Options);
        await staff.SuspendAccountAsync(
            new()
            {
                Id = down,
                Reason = "SPAM",
                Note = Marker,
                Ticket = Marker,
                Until = In(TimeSpan.FromHours(1)),
            },
            Options);
        await agent.DeactivateAccountAsync(
            new() { Id = down, Reason = "OWNER_REQUEST", Note = Marker, Ticket = Marker, Owner = true }, Options);
        var later = Down(scheduled);
        later.At = In(TimeSpan.FromHours(1));
        await staff.DeactivateAccountAsync(later, Options);
        await staff.ProtectAccountAsync(
            new() { Id = shielded, Reason = "OTHER", Note = Marker, Ticket = Marker }, Options);
        var proposal = (await staff.DeactivateAccountAsync(Down(approved), Options)).Proposal;
        await other.Wire.Proposals.ApproveProposalAsync(new() { Id = proposal.Id, Note = Marker }, Options);
        var pending = (await staff.DeactivateAccountAsync(Down(waiting), Options)).Proposal;
        return new([down, scheduled, shielded, waiting, approved], waiting, spare, pending.Id, person.Name);

        static V1.DeactivateAccountRequest Down(long id) =>
            new() { Id = id, Reason = "SPAM", Note = Marker, Ticket = Marker };
    }

    /// <summary>What each method is asked; the first shows whether the role may call it at all.</summary>
    private static async Task<IReadOnlyList<IMessage>> RequestsAsync(
        Cast cast, IMethod method, Planted planted, bool ofStaff)
    {
        var (fresh, spare, waiting) = (Topology.FreshId(), planted.Spare, planted.Waiting);
        var reason = ofStaff ? "SPAM" : "OWNER_REQUEST";
        var standing = method.Name is "DeactivateAccount" or "SuspendAccount" ? await cast.RegisterAsync() : 0;
        return method.Name switch
        {
            "RegisterAccount" => [new V1.RegisterAccountRequest { Id = fresh, Handle = $"user_{fresh}" }],
            "GetAccount" => [.. planted.Accounts.Select(static id => new V1.GetAccountRequest { Id = id })],
            "GetPublicAccount" =>
                [.. planted.Accounts.Prepend(spare).Select(static id => new V1.GetPublicAccountRequest { Id = id })],
            "BatchGetAccounts" => [new V1.BatchGetAccountsRequest { Ids = { planted.Accounts } }],
            "ListAccounts" =>
                [.. planted.Accounts.Select(
                    static id => new V1.ListAccountsRequest { Filter = $"handle = \"user_{id}*\"" })],
            "DeactivateAccount" =>
                [.. planted.Accounts.Where(_ => !ofStaff).Prepend(standing).Select(id => new V1.DeactivateAccountRequest
                {
                    Id = id,
                    Reason = reason,
                    Owner = !ofStaff,
                    DirectOnly = id == planted.Accounts[2],
                })],
            "SuspendAccount" => [new V1.SuspendAccountRequest { Id = ofStaff ? standing : waiting, Reason = reason }],
            "ChangeSuspension" => [new V1.ChangeSuspensionRequest
            {
                Id = ofStaff ? planted.Accounts[0] : waiting,
                Reason = reason,
                Until = In(TimeSpan.FromMinutes(50)),
            }],
            "RestoreAccount" =>
                [.. planted.Accounts.Skip(1).Where(_ => !ofStaff).Prepend(spare).Select(
                    id => new V1.RestoreAccountRequest { Id = id, Reason = reason, Owner = !ofStaff })],
            "EraseAccount" => [new V1.EraseAccountRequest { Id = ofStaff ? spare : waiting, Reason = reason }],
            "ProtectAccount" => [new V1.ProtectAccountRequest { Id = ofStaff ? spare : waiting, Reason = reason }],
            "UnprotectAccount" => [new V1.UnprotectAccountRequest { Id = ofStaff ? spare : waiting, Reason = reason }],
            "AllowFollowerLoss" => [new V1.AllowFollowerLossRequest
            {
                Id = ofStaff ? spare : waiting,
                Reason = reason,
                Followers = 1,
                Until = In(TimeSpan.FromHours(1)),
            }],
            "CloseFollowerLoss" =>
                [new V1.CloseFollowerLossRequest { Id = ofStaff ? spare : waiting, Reason = reason }],
            _ => OtherRequests(method, planted, ofStaff),
        };
    }

    private static IReadOnlyList<IMessage> OtherRequests(IMethod method, Planted planted, bool ofStaff)
    {
        var (name, since, spare) = (Topology.FreshName("fresh"), In(TimeSpan.FromHours(-1)), planted.Spare);
        var proposal = ofStaff ? $"{spare}-9999" : planted.ProposalId;
        return method.Name switch
        {
            "ListJournalEntries" =>
                [.. planted.Accounts.Select(static id => new V1.ListJournalEntriesRequest { Id = id })],
            "ListIncidents" => [.. planted.Accounts.Select(static id => new V1.ListIncidentsRequest { Id = id })],
            "ListAccountActions" =>
                [.. planted.Accounts.Select(static id => new V1.ListAccountActionsRequest { Id = id })],
            "PutFollower" => [new V1.PutFollowerRequest { Account = spare, Follower = 7 }],
            "DeleteFollower" => [new V1.DeleteFollowerRequest { Account = spare, Follower = 7 }],
            "IngestFollows" => [new V1.IngestFollowsRequest()],
            "ListProposals" => [new V1.ListProposalsRequest { PageSize = 1000 }],
            "ApproveProposal" => [new V1.ApproveProposalRequest { Id = proposal }],
            "RejectProposal" => [new V1.RejectProposalRequest { Id = proposal }],
            "WithdrawProposal" => [new V1.WithdrawProposalRequest { Id = proposal }],
            "ListOperators" => [new V1.ListOperatorsRequest { PageSize = 1000 }],
            "ListOperatorActions" => [new V1.ListOperatorActionsRequest { Id = planted.Person }],
            "GetOperator" => [new V1.GetOperatorRequest { Id = planted.Person }],
            "EnrollOperator" => [new V1.EnrollOperatorRequest { Id = name, Roles = { V1.Role.Auditor } }],
            "OffboardOperator" => [new V1.OffboardOperatorRequest { Id = name }],
            "UndoOperator" => [new V1.UndoOperatorRequest { Id = name, Since = since, DryRun = true }],
            "UndoService" => [new V1.UndoServiceRequest { Id = name, Since = since, DryRun = true }],
            "GetBrake" => [new V1.GetBrakeRequest()],
            "ReleaseBrake" => [new V1.ReleaseBrakeRequest { Note = "why" }],
            "GetPolicy" => [new V1.GetPolicyRequest()],
            "DiffPolicy" => [new V1.DiffPolicyRequest()],
            "ProposePolicy" => [new V1.ProposePolicyRequest { Settings = { new V1.PolicyValue { Name = "None" } } }],
            "ApprovePolicy" => [new V1.ApprovePolicyRequest { Sequence = long.MaxValue }],
            "RejectPolicy" => [new V1.RejectPolicyRequest { Sequence = long.MaxValue }],
            "WithdrawPolicy" => [new V1.WithdrawPolicyRequest { Sequence = long.MaxValue }],
            "ListAuditEntries" => [new V1.ListAuditEntriesRequest { PageSize = 1000 }],
            "VerifyAudit" => [new V1.VerifyAuditRequest()],
            "ListCheckpoints" => [new V1.ListCheckpointsRequest()],
            "WatchEvents" => [new V1.WatchEventsRequest { AfterPosition = 0, Accounts = { planted.Accounts } }],
            "GetTrace" => [new V1.GetTraceRequest { Id = new string('a', 32) }],
            "ListTraces" => [new V1.ListTracesRequest()],
            _ => throw new NotSupportedException($"Say here how {method.Name} is asked."),
        };
    }

    private static Task<(IReadOnlyList<IMessage> Answers, WireError? Error)> CallAsync(
        CallInvoker invoker, IMethod method, IMessage request, Planted planted) =>
        (Task<(IReadOnlyList<IMessage>, WireError?)>)typeof(DisclosureSuite)
            .GetMethod(nameof(CallTypedAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.GetType().GetGenericArguments())
            .Invoke(null, [invoker, method, request, planted])!;

    private static async Task<(IReadOnlyList<IMessage> Answers, WireError? Error)> CallTypedAsync<TRequest, TResponse>(
        CallInvoker invoker, Method<TRequest, TResponse> method, TRequest request, Planted planted)
        where TRequest : class, IMessage
        where TResponse : class, IMessage
    {
        try
        {
            switch (method.Type)
            {
                case MethodType.Unary:
                    using (var call = invoker.AsyncUnaryCall(method, null, Options, request))
                    {
                        return ([await call], null);
                    }

                case MethodType.ClientStreaming:
                    using (var call = invoker.AsyncClientStreamingCall(method, null, Options))
                    {
                        await call.RequestStream.CompleteAsync();
                        return ([await call], null);
                    }

                default:
                    using (var call = invoker.AsyncServerStreamingCall(method, null, Options, request))
                    {
                        return (await EventsAsync(call.ResponseStream, planted), null);
                    }
            }
        }
        catch (RpcException e)
        {
            return ([], WireError.From(e));
        }
    }

    /// <summary>Every event up to the takedown that two people made, which is among the last.</summary>
    private static async Task<IReadOnlyList<IMessage>> EventsAsync<T>(IAsyncStreamReader<T> stream, Planted planted)
        where T : class, IMessage
    {
        var events = new List<IMessage>();
        while (await stream.MoveNext(Options.CancellationToken))
        {
            events.Add(stream.Current);
            if (stream.Current is V1.WatchEventsResponse { Type: "hold-placed" } e && e.Account == planted.Accounts[^1])
            {
                break;
            }
        }

        return events;
    }

    private static IEnumerable<string> TextsOf(IMessage message) => MessagesOf(message)
        .SelectMany(static m => m.Descriptor.Fields.InFieldNumberOrder().Select(f => f.Accessor.GetValue(m)))
        .SelectMany(static value => value switch
        {
            string text => [text],
            IDictionary map => map.Keys.OfType<string>().Concat(map.Values.OfType<string>()),
            IList list => list.OfType<string>(),
            _ => [],
        });

    /// <summary>A message and every message in it.</summary>
    private static IEnumerable<IMessage> MessagesOf(IMessage message)
    {
        yield return message;
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var inner = field.Accessor.GetValue(message) switch
            {
                IMessage one => [one],
                IDictionary map => map.Values.OfType<IMessage>(),
                IList list => list.OfType<IMessage>(),
                _ => Enumerable.Empty<IMessage>(),
            };
            foreach (var each in inner.SelectMany(MessagesOf))
            {
                yield return each;
            }
        }
    }

    private static string NameOf(IMethod method) => $"{method.ServiceName.Split('.')[^1]}.{method.Name}";

    /// <summary>The roles that the gateway's README names for each method.</summary>
    private static Dictionary<string, string[]> ReadTable() =>
        File.ReadAllLines(RepositoryFiles.PathOf("client/AccountGrid.Gateway/README.md"))
            .Select(static line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(static cells => cells is [_, ['`', .., '`'], _, _, ..]
                && cells[1].Contains("Service.", StringComparison.Ordinal))
            .ToDictionary(
                static cells => cells[1].Trim('`'),
                static cells => ServiceRoles.Where(cells[2].Contains).Concat(StaffRoles.Where(cells[3].Contains))
                    .ToArray());
}
