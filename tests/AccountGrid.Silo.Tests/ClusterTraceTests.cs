using AccountGrid.Testing;

namespace AccountGrid.Silo.Tests;

/// <summary>One trace in two silos on one PostgreSQL database, and in a gateway before them.</summary>
public sealed class ClusterTraceTests : IClassFixture<ClusterTurn>, IAsyncDisposable
{
    private readonly TempDirectory _keys = new();
    private readonly List<SiloProcess> _silos = [];
    private GatewayProcess? _gateway;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }

        _keys.Dispose();
    }

    [Fact]
    public async Task A_command_that_travels_is_one_trace_whichever_process_is_asked_for_it()
    {
        await StartAsync();
        var traced = new Traced(_silos[0].CreateHttpClient(), _silos[0].Token);
        var (trace, id) = await FindTravellerAsync(traced);
        var tree = Tree(id, "200");
        await traced.ShowsAsync(trace, tree);
        var elsewhere = new Traced(_silos[1].CreateHttpClient(), _silos[0].Token);
        await elsewhere.ShowsAsync(trace, tree);
        var spans = await elsewhere.SpansAsync(trace);
        Assert.Equal(2, spans.Select(static s => s.Place).Distinct().Count());
        Assert.All(spans.Where(static s => s.Name is "journal.append" or "storage commit" or "account.decide"),
            s => Assert.NotEqual(spans[0].Place, s.Place));
        Assert.Equal("postgresql", spans.Single(static s => s.Name == "storage commit").Attributes["db.system.name"]);

        var (http, _) = await _gateway!.WaitForAddressesAsync(Stop);
        using var client = new HttpClient { BaseAddress = http };
        var edge = new Traced(client, _silos[0].Token);
        await edge.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "kim", "support");
        var through = await edge.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }, "kim", "support");
        await edge.ShowsAsync(through, tree);
        Assert.Equal(["gateway"], (await edge.SpansAsync(through)).Take(2).Select(static s => s.Place).Distinct());
        Assert.Empty((await edge.GetAsync($"/v1/traces/{through}")).GetProperty("missing").EnumerateArray());

        // The silos are not told what the gateway remembers.
        Assert.DoesNotContain(await traced.SpansAsync(through), static s => s.Place == "gateway");

        // A silo that stands still is named, and waited for neither for its spans nor for the record of the person who
        // asks. With the record there, the request once waited until its deadline, or until the silo was declared dead
        // and no longer named.
        var still = spans.First(static s => s.Name == "account.execute").Place;
        var auditor = await FindAuditorAsync(traced, still);
        Assert.True(_silos[1].Pause());
        var rest = await traced.GetAsync($"/v1/traces/{trace}", auditor);
        _silos[1].Resume();
        Assert.Equal([still], rest.GetProperty("missing").EnumerateArray().Select(static m => m.GetString()));
        Assert.Equal([spans[0].Place], RecordedSpan.FromTrace(rest).Select(static s => s.Place).Distinct());
    }

    private static string Tree(long id, string status) => $"""
        accountgrid.v1.AccountService/DeactivateAccount SERVER actor.kind=operator request=command enduser.id=kim http.request.method=POST http.response.status_code={status}
          IAccountGrain/ExecuteAsync CLIENT
            IAccountGrain/ExecuteAsync SERVER
              account.execute INTERNAL account={id} action=deactivate actor.kind=operator outcome=done enduser.id=kim
                account.queue INTERNAL
                operator.ask INTERNAL operator=kim standing=active
                account.decide INTERNAL
                brake.ask INTERNAL
                journal.append INTERNAL journal.entries=1 journal.result=appended -> storage commit
        storage commit CLIENT -> journal.append
          postgresql CLIENT
        """;

    /// <summary>
    /// Takes down accounts until one lives on the other silo than the one that is asked, and takes that down once more.
    /// </summary>
    private static async Task<(string TraceId, int Account)> FindTravellerAsync(Traced traced)
    {
        for (var id = 1; id <= 20; id++)
        {
            await traced.PostAsync("/v1/accounts", new { id = $"{id}", handle = $"user_{id}" }, "web", "service");
            var first = await traced.PostAsync(
                $"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }, "kim", "support");
            await traced.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" }, "kim", "support");
            var places =
                (await traced.SpansAsync(first)).Where(
                    static s => s.Name is "account.execute" or "accountgrid.v1.AccountService/DeactivateAccount")
                        .Select(static s => s.Place);
            if (places.Distinct().Count() == 2)
            {
                return (await traced.PostAsync(
                    $"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }, "kim", "support"), id);
            }
        }

        throw new InvalidOperationException("Twenty accounts, and all of them live on one silo.");
    }

    /// <summary>Lets one person of the staff after the other read until the record of one lives on that silo.</summary>
    private static async Task<string> FindAuditorAsync(Traced traced, string place)
    {
        for (var i = 1; i <= 20; i++)
        {
            var name = $"ann{i}";
            var (read, _) = await traced.SendAsync(HttpMethod.Get, "/v1/accounts/1", body: null, name, "auditor");

            var spans = await traced.SpansAsync(read);
            if (spans.Any(s => s is { Name: "IOperatorGrain/GetAsync", Kind: "SERVER" } && s.Place == place))
            {
                return name;
            }
        }

        throw new InvalidOperationException("Twenty people, and none of their records lives there.");
    }

    private async Task StartAsync()
    {
        var server = await SharedServer.GetAsync();
        var environment = new Dictionary<string, string>
        {
            // One that stands still must be a member still when it is asked.
            ["ACCOUNTGRID__CLUSTER__MISSEDPROBES"] = "10",

            // Longer than a silo that stands still is a member, so that a busy machine alone ends no request.
            ["ACCOUNTGRID__GATEWAY__LIMITS__REQUESTTIMEOUT"] = "00:00:30",

            // A record that is older is read again first, which would be a step more.
            ["ACCOUNTGRID__LIMITS__AUTHORITYFRESHNESS"] = "00:01:00",
            ["ACCOUNTGRID__POSTGRES"] = server.ConnectionString(),
            ["ACCOUNTGRID__STORAGE__SCHEMA"] = SharedServer.NewSchema(),
        };
        for (var i = 0; i < 2; i++)
        {
            _silos.Add(await SiloProcess.StartAsync(
                new SiloProcessOptions
                {
                    DataDirectory = _keys.FullPath,
                    Environment = environment,
                    Arguments = ["--gateway-port", "0"],
                }, Stop));
        }

        _gateway = new GatewayProcess(new GatewayProcessOptions
        {
            DataDirectory = _keys.FullPath,
            Postgres = server.ConnectionString(),
            Environment = new Dictionary<string, string>
            {
                ["ACCOUNTGRID__SCHEMA"] = environment["ACCOUNTGRID__STORAGE__SCHEMA"],
            },
        });
    }
}
