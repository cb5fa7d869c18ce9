using System.Text.Json;

namespace AccountGrid.ForeignClients.Tests;

public sealed class Curl(CurlRun run) : ClientSuite(run, "http"), IClassFixture<CurlRun>
{
    private static readonly string[] Watched = ["trace-id", "retry-after"];

    [Theory, MemberData(nameof(Plan.OverHttp), MemberType = typeof(Plan))]
    public void Holds(string scenario) => Held(scenario);

    [Fact]
    public void Every_address_of_the_OpenAPI_document_was_called_and_is_one_of_ours()
    {
        Tally();
        var document = OpenApi();
        var called = Answers().Where(static a => a.Status == 200).Select(static a => a.Address).Distinct();
        Assert.Equal(World.Methods.Select(static m => World.RouteOf(m)).Select(static r => $"{r.Verb} {r.Route}")
            .Order(StringComparer.Ordinal), document.Addresses.Order(StringComparer.Ordinal));
        Assert.Empty(document.Addresses.Except(called));
    }

    [Fact]
    public void Every_answer_is_as_the_OpenAPI_document_describes_it()
    {
        Tally();
        var document = OpenApi();
        var problems = Answers().Where(a => document.Knows(a.Address)).SelectMany(a => document.ProblemsOf(a, Watched))
            .Distinct().ToArray();
        Assert.True(problems.Length == 0, string.Join('\n', problems.Take(20)));
        Assert.True(Answers().Count(a => document.Knows(a.Address)) > 200, "Hardly an answer was compared.");
    }

    [Fact]
    public void An_answer_that_is_not_as_described_is_found()
    {
        Tally();
        var document = OpenApi();
        var answer = Answers().First(static a => a.Address == "GET /v1/accounts/{id}" && a.Status == 200);
        Assert.Empty(document.ProblemsOf(answer, Watched));
        foreach (var body in new[] { """{"id":7}""", """{"status":"ASLEEP"}""", """{"colour":"red"}""",
            """{"holds":{}}""", """{"followers":{"asOf":"yesterday"}}""", "[]" })
        {
            Assert.Single(document.ProblemsOf(answer with { Body = JsonDocument.Parse(body).RootElement }, Watched));
        }

        Assert.Single(document.ProblemsOf(answer with { Query = ["minversion"] }, Watched));
        Assert.Single(document.ProblemsOf(answer with { Headers = ["retry-after", "trace-id"] }, Watched));
        Assert.Single(document.ProblemsOf(answer with { Status = 404 }, Watched),
            static problem => problem.Contains("must have code", StringComparison.Ordinal));
    }

    private OpenApi OpenApi() => new(run.OpenApi);

    private IEnumerable<HttpAnswer> Answers() => run.Answers.Select(HttpAnswer.Read);
}
