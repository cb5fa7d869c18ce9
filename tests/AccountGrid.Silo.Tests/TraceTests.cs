using System.Net;
using System.Text;
using System.Text.Json;
using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>
/// What the embedded default, without any collector, remembers of commands: the whole tree of their spans.
/// </summary>
public sealed class TraceTests(TraceTests.OneSilo fixture) : IClassFixture<TraceTests.OneSilo>
{
    private const string Authority = """
                operator.ask INTERNAL operator={0} standing=active
        """;

    private static int _accounts;

    private Traced Traced => fixture.Traced;

    private static string Asking(string person) => Authority.Replace("{0}", person, StringComparison.Ordinal);

    private static string TakedownBy(string person, long id) => $"""
        accountgrid.v1.AccountService/DeactivateAccount SERVER actor.kind=operator request=command enduser.id={person} http.request.method=POST http.response.status_code=200
          IAccountGrain/ExecuteAsync CLIENT
            IAccountGrain/ExecuteAsync SERVER
              account.execute INTERNAL account={id} action=deactivate actor.kind=operator outcome=done enduser.id={person}
                account.queue INTERNAL
        {Asking(person)}
                account.decide INTERNAL
                brake.ask INTERNAL
                journal.append INTERNAL journal.entries=1 journal.result=appended -> storage commit
        storage commit CLIENT -> journal.append
        """;

    [Fact]
    public async Task A_deactivate_is_one_trace_from_the_request_to_the_commit()
    {
        var id = await AccountAsync();
        var trace = await Traced.PostAsync(
            $"/v1/accounts/{id}:deactivate", new { reason = "SPAM", note = "a secret note" }, "kim", "support");
        await Traced.ShowsAsync(trace, TakedownBy("kim", id));
        var spans = await Traced.SpansAsync(trace);
        Assert.Equal(Traced.CallerSpan, spans[0].ParentId);
        Assert.Equal(("sqlite", "1"),
            (spans.Single(static s => s.Name == "storage commit").Attributes["db.system.name"],
                spans.Single(static s => s.Name == "storage commit").Attributes["db.operation.batch.size"]));
        Assert.Equal(
            ("accountgrid.v1.AccountService", "DeactivateAccount", "/v1/accounts/{id}:deactivate"),
            (spans[0].Attributes["rpc.service"], spans[0].Attributes["rpc.method"], spans[0].Attributes["http.route"]));
        Assert.DoesNotContain(
            "secret", string.Join(' ', spans.SelectMany(static s => s.Attributes.Values)), StringComparison.Ordinal);
    }

    // The first question to a person's grain; within so long after it there is no further call.
    [Fact]
    public async Task A_call_of_the_grain_that_is_asked_is_shown_where_there_is_one()
    {
        var id = await AccountAsync();
        await Traced.SendAsync(HttpMethod.Get, $"/v1/accounts/{id}", body: null, "max", "support");
        var body = new { reason = "SPAM" };
        var trace = await Traced.PostAsync($"/v1/accounts/{id}:deactivate", body, "max", "support");
        await Traced.ShowsAsync(trace, TakedownBy("max", id));
        var spans = await Traced.SpansAsync(trace);
        var asked = spans.Single(static s => s.Name == "operator.ask");
        var call = spans.Single(s => s.Name == "IOperatorGrain/AskAsync" && s.ParentId == asked.SpanId);
        Assert.Single(spans, s => s.Name == "IOperatorGrain/AskAsync" && s.ParentId == call.SpanId);
    }

    [Fact]
    public async Task A_restore_asks_for_authority_and_reserves_nothing()
    {
        var id = await AccountAsync();
        await Traced.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }, "kim", "support");
        var trace = await Traced.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "lee", "support");
        await Traced.ShowsAsync(trace, $"""
            accountgrid.v1.AccountService/RestoreAccount SERVER actor.kind=operator request=command enduser.id=lee http.request.method=POST http.response.status_code=200
              IAccountGrain/ExecuteAsync CLIENT
                IAccountGrain/ExecuteAsync SERVER
                  account.execute INTERNAL account={id} action=restore actor.kind=operator outcome=done enduser.id=lee
                    account.queue INTERNAL
            {Asking("lee")}
                    account.decide INTERNAL
                    journal.append INTERNAL journal.entries=1 journal.result=appended -> storage commit
            storage commit CLIENT -> journal.append
            """);
    }

    [Fact]
    public async Task The_two_requests_of_a_takedown_by_two_people_are_linked_and_the_incident_names_all_of_them()
    {
        var id = await AccountAsync();
        var (raised, _) =
            await Traced.SendAsync(
                HttpMethod.Post, $"/v1/accounts/{id}:protect", new { reason = "IMPERSONATION" }, "lee", "support");
        var (proposed, answer) =
            await Traced.SendAsync(
                HttpMethod.Post, $"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }, "kim", "support");
        var proposal = answer.GetProperty("account").GetProperty("openProposal").GetProperty("id").GetString();
        var alone = await Traced.PostAsync(
            $"/v1/proposals/{proposal}:approve", new { note = "me too" }, "kim", "support", "approver");
        var approved = await Traced.PostAsync(
            $"/v1/proposals/{proposal}:approve", new { note = "seen" }, "lee", "support", "approver");
        await Traced.ShowsAsync(approved, $"""
            accountgrid.v1.ProposalService/ApproveProposal SERVER actor.kind=operator request=command enduser.id=lee http.request.method=POST http.response.status_code=200
              IAccountGrain/ExecuteAsync CLIENT
                IAccountGrain/ExecuteAsync SERVER
                  account.execute INTERNAL account={id} action=approve actor.kind=operator outcome=done enduser.id=lee -> account.execute
                    account.queue INTERNAL
            {Asking("kim")}
            {Asking("lee")}
                    account.decide INTERNAL
                    journal.append INTERNAL journal.entries=1 journal.result=appended -> storage commit
            storage commit CLIENT -> journal.append
            """, linkedTo: proposed);
        var execute = (await Traced.SpansAsync(approved)).Single(static s => s.Name == "account.execute");
        Assert.Equal(proposed, execute.Attributes["accountgrid.proposal.trace_id"]);
        Assert.Equal(proposed, Assert.Single(execute.Links).TraceId);

        var early = await Traced.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "gone", "approver");
        var restored = await Traced.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "kim", "support");
        var incident = (await Traced.GetAsync($"/v1/accounts/{id}/incidents")).GetProperty("incidents")[0];
        Assert.Equal([proposed, alone, approved, early, restored],
            incident.GetProperty("traceIds").EnumerateArray().Select(static t => t.GetString()));
        Assert.DoesNotContain(raised, incident.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_an_answer_and_no_error()
    {
        var id = await AccountAsync();
        var trace = await Traced.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "kim", "support");
        await Traced.ShowsAsync(trace, $"""
            accountgrid.v1.AccountService/RestoreAccount SERVER actor.kind=operator refusal=WRONG_STATUS request=command enduser.id=kim http.request.method=POST http.response.status_code=400
              IAccountGrain/ExecuteAsync CLIENT
                IAccountGrain/ExecuteAsync SERVER
                  account.execute INTERNAL account={id} action=restore actor.kind=operator outcome=refused refusal=WRONG_STATUS enduser.id=kim
                    account.queue INTERNAL
            {Asking("kim")}
                    account.decide INTERNAL
                    journal.read INTERNAL
            """);
        var unknown = await Traced.PostAsync(
            "/v1/accounts/999999:deactivate", new { reason = "SPAM" }, "kim", "support");
        await Traced.ShowsAsync(unknown, """
            accountgrid.v1.AccountService/DeactivateAccount SERVER actor.kind=operator refusal=NOT_FOUND request=command enduser.id=kim http.request.method=POST http.response.status_code=404
              IAccountGrain/ExecuteAsync CLIENT outcome=refused
                place grain INTERNAL
            """);
    }

    [Fact]
    public async Task A_follow_is_recorded_if_its_caller_asks_for_it()
    {
        var id = await AccountAsync();
        var (trace, _) =
            await Traced.SendAsync(HttpMethod.Put, $"/v1/accounts/{id}/followers/1", null, "web", "service");
        await Traced.ShowsAsync(trace, $"""
            accountgrid.v1.FollowerService/PutFollower SERVER actor.kind=service request=follow enduser.id=web http.request.method=PUT http.response.status_code=200
              IAccountGrain/FollowAsync CLIENT
                IAccountGrain/FollowAsync SERVER
                  account.follow INTERNAL account={id} follow.batch.size=1
                    ledger.apply INTERNAL follow.batch.size=1 -> storage commit
            storage commit CLIENT -> ledger.apply
            """);
    }

    [Fact]
    public async Task Whatever_nobody_asks_for_is_not_recorded_unless_it_is_a_command()
    {
        using var client = fixture.Silo.CreateHttpClient(fixture.Silo.Token("web", "service"));
        var id = await AccountAsync();
        string trace;
        using (var read =
            await client.GetAsync(
                new Uri($"/v1/accounts/{id}", UriKind.Relative), TestContext.Current.CancellationToken))
        {
            trace = Assert.Single(read.Headers.GetValues("trace-id"));
        }

        using var body =
            new StringContent("""{"reason":"OWNER_REQUEST","owner":true}""", Encoding.UTF8, "application/json");
        using var command =
            await client.PostAsync(new Uri($"/v1/accounts/{id}:deactivate", UriKind.Relative), body,
                TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, command.StatusCode);
        var known = Assert.Single(command.Headers.GetValues("trace-id"));
        var spans = await Traced.SpansAsync(known);
        Assert.Contains(spans, static s => s.Name == "account.execute");
        using var ann = new Api(fixture.Silo, "ann", "auditor");
        using var unknown = await ann.SendAsync($"/v1/traces/{trace}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var wrong = await ann.SendAsync("/v1/traces/xyz");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        JsonElement[] Listed(JsonElement list) => [.. list.GetProperty("traces").EnumerateArray()];
        var mine = Assert.Single(Listed(await ann.GetAsync($"/v1/traces?account={id}&actor=web")),
            static t => t.GetProperty("action").GetString() == "owner_deactivate");
        Assert.Equal(
            (known, "accountgrid.v1.AccountService/DeactivateAccount", "done", $"{id}"),
            (mine.GetProperty("traceId").GetString(), mine.GetProperty("name").GetString(),
                mine.GetProperty("outcome").GetString(), mine.GetProperty("account").GetString()));
        Assert.Empty(Listed(await ann.GetAsync($"/v1/traces?account={id}&actor=nobody")));
    }

    [Fact]
    public async Task What_the_system_does_by_itself_is_a_trace_too_and_the_journal_names_it()
    {
        var id = await AccountAsync();
        await Traced.PostAsync($"/v1/accounts/{id}:suspend",
            new { reason = "SPAM", until = DateTimeOffset.UtcNow.AddSeconds(1) }, "kim", "support");
        using var ann = new Api(fixture.Silo, "ann", "auditor");
        var trace = "";
        await Traced.UntilAsync(
            async () =>
            {
                var last = (await ann.GetAsync($"/v1/accounts/{id}/journal")).GetProperty("entries")[0];
                trace = last.GetProperty("traceId").GetString()!;
                return last.GetProperty("type").GetString()!;
            },
            "hold-lifted");
        await Traced.UntilAsync(
            async () =>
                string.Join(", ", (await Traced.SpansAsync(trace)).Where(static s => s.Name == "account.execute")
                    .Select(static s => $"{s.Attributes["accountgrid.action"]} by {s.Attributes["enduser.id"]}")),
            "fire_due by system");
    }

    /// <summary>
    /// An account that is in memory, and the people of these tests, so that nothing is done for the first time.
    /// </summary>
    private async Task<int> AccountAsync()
    {
        var id = 1_000 + Interlocked.Increment(ref _accounts);
        using var web = new Api(fixture.Silo, "web", "service");
        await web.RegisterAsync(id);
        await web.StatusAsync(id);
        return id;
    }

    public sealed class OneSilo : IAsyncLifetime
    {
        public SiloProcess Silo { get; private set; } = null!;

        public Traced Traced { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var settings = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__TRACES__OTHERSPERSECOND"] = "10000",

                // A record that is older is read again first, which would be a step more.
                ["ACCOUNTGRID__LIMITS__AUTHORITYFRESHNESS"] = "00:01:00",
            };
            Silo = await SiloProcess.StartAsync(
                new SiloProcessOptions { Environment = settings }, TestContext.Current.CancellationToken);
            Traced = new Traced(Silo.CreateHttpClient(), Silo.Token);
            await Traced.GetAsync("/v1/brake");
            foreach (var person in (string[])["kim", "lee"])
            {
                foreach (var roles in (string[][])[["support"], ["support", "approver"]])
                {
                    await Traced.PostAsync("/v1/accounts/888888:restore", new { reason = "ERROR" }, person, roles);
                }
            }
        }

        public ValueTask DisposeAsync() => Silo.DisposeAsync();
    }
}
