using System.Net;
using System.Text;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Errors;

public sealed class ErrorTests(SharedGateway gateway)
{
    public sealed class The_table
    {
        [Fact]
        public void Has_every_reason_of_the_domain_by_its_stable_name()
        {
            foreach (var reason in Enum.GetValues<RefusalReason>().Where(static r => r != RefusalReason.None))
            {
                var kind = ErrorMap.Of(reason);
                Assert.Equal(SnakeOf(reason.ToString()), kind.Reason);
                Assert.NotEqual(StatusCode.Internal, kind.Code);
            }
        }

        [Fact]
        public void Stands_in_the_README_as_it_is()
        {
            var readme = File.ReadAllLines(Repository.PathOf("client/AccountGrid.Gateway/README.md"));
            var kinds = Enum.GetValues<RefusalReason>().Where(static r => r != RefusalReason.None).Select(ErrorMap.Of)
                .Concat([ErrorMap.Internal, ErrorMap.Unimplemented, ErrorMap.DeadlineExceeded]);
            foreach (var kind in kinds)
            {
                Assert.Contains(readme, line => line.StartsWith($"| `{kind.Reason}` | {SnakeOf(kind.Code.ToString())} | {kind.HttpStatus}", StringComparison.Ordinal));
            }
        }

        private static string SnakeOf(string name)
        {
            var text = new StringBuilder();
            foreach (var c in name)
            {
                _ = char.IsUpper(c) && text.Length > 0 ? text.Append('_').Append(c) : text.Append(char.ToUpperInvariant(c));
            }

            return text.ToString();
        }
    }

    public sealed class Exceptions
    {
        [Fact]
        public void Of_the_way_to_a_grain_say_that_the_outcome_is_unknown()
        {
            foreach (var failure in (Exception[])[new TimeoutException("Response did not arrive on time in 00:00:30 for message: secret"), new TaskCanceledException("secret"), new OrleansException("secret")])
            {
                var error = ExceptionMap.Of(failure);
                Assert.Equal("STORAGE_UNAVAILABLE", error.Kind.Reason);
                Assert.Contains("unknown: retry with the same requestId", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
                Assert.NotNull(error.RetryAfter);
            }
        }

        [Fact]
        public void That_carry_a_refusal_are_that_refusal()
        {
            var error = ExceptionMap.Of(new Grains.GrainRefusedException(new(RefusalReason.NotFound, "There is no account 7.", null, null)));
            Assert.Equal("NOT_FOUND", error.Kind.Reason);
        }

        [Fact]
        public void That_nobody_expects_give_nothing_away()
        {
            var error = ExceptionMap.Of(new InvalidOperationException("secret"));
            Assert.Equal("INTERNAL", error.Kind.Reason);
            Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        }
    }

    public sealed class Addresses(SharedGateway gateway)
    {
        [Fact]
        public async Task That_nobody_serves_are_not_found()
        {
            Assert.Equal(("NOT_FOUND", HttpStatusCode.NotFound), Short(await gateway.Service.GetErrorAsync("/v1/nowhere")));
            Assert.Equal(("NOT_FOUND", HttpStatusCode.NotFound), Short(await gateway.Service.PostErrorAsync("/v1/accounts/1:explode", new { })));
            var method = new Method<byte[], byte[]>(MethodType.Unary, "accountgrid.v1.AccountService", "Explode", Marshallers.Create<byte[]>(b => b, b => b), Marshallers.Create<byte[]>(b => b, b => b));
            var error = await Wire.ErrorAsync(gateway.Host.Invoker(gateway.Host.Tokens.Service).AsyncUnaryCall(method, null, Wire.Options, []));
            Assert.Equal(("UNIMPLEMENTED", StatusCode.Unimplemented), (error.Reason, error.Code));
        }

        [Fact]
        public async Task Know_their_HTTP_methods()
        {
            using var response = await gateway.Service.Http.DeleteAsync("/v1/accounts/1", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
            Assert.Equal("UNIMPLEMENTED", (await WireError.FromAsync(response)).Reason);
        }

        [Fact]
        public async Task Speak_one_protocol_per_port()
        {
            using var json = new HttpClient { BaseAddress = gateway.Host.Grpc, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            json.DefaultRequestHeaders.Authorization = new("Bearer", gateway.Host.Tokens.Service);
            using var wrong = await json.GetAsync("/v1/accounts/1", TestContext.Current.CancellationToken);
            Assert.Equal(["content-type"], (await WireError.FromAsync(wrong)).Fields);

            using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
            content.Headers.ContentType = new("application/grpc");
            using var grpc = await gateway.Service.Http.PostAsync("/accountgrid.v1.AccountService/GetAccount", content, TestContext.Current.CancellationToken);
            Assert.Equal("UNIMPLEMENTED", (await WireError.FromAsync(grpc)).Reason);
        }

        private static (string, HttpStatusCode?) Short(WireError error) => (error.Reason, error.HttpStatus);
    }

    [Fact]
    public async Task A_failure_of_the_server_is_told_by_its_trace_id_alone()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
        {
            App = static app => Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(app, "/fail", static string () => throw new InvalidOperationException("secret")),
        });
        using var caller = new Wire(host, host.Tokens.Service);
        var error = await caller.GetErrorAsync("/fail");
        Assert.Equal(("INTERNAL", HttpStatusCode.InternalServerError), (error.Reason, error.HttpStatus));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Contains(host.Logs.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_answer_names_its_trace_and_the_journal_names_the_same()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var id = await gateway.RegisterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/accounts/{id}:deactivate") { Content = new StringContent("""{"reason":"SPAM"}""", Encoding.UTF8, "application/json") };
        request.Headers.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
        using var response = await gateway.Kim.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(Trace, Assert.Single(response.Headers.GetValues("trace-id")));

        using var call = gateway.Kim.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, Wire.Options);
        var traceOfRestore = (await call.ResponseHeadersAsync).GetValue("trace-id");
        await call;
        var journal = await gateway.Kim.Accounts.ListJournalEntriesAsync(new() { Id = id }, Wire.Options);
        Assert.Equal([traceOfRestore, Trace], journal.Entries.Take(2).Select(e => e.TraceId));
        var incident = Assert.Single((await gateway.Kim.Accounts.ListIncidentsAsync(new() { Id = id }, Wire.Options)).Incidents);
        Assert.Contains(Trace, incident.TraceIds);
    }

    [Fact]
    public async Task An_error_over_gRPC_names_its_trace_too()
    {
        using var call = gateway.Service.Accounts.GetAccountAsync(new() { Id = SharedGateway.FreshId() }, Wire.Options);
        Assert.Matches("^[0-9a-f]{32}$", (await call.ResponseHeadersAsync).GetValue("trace-id"));
        await Assert.ThrowsAsync<RpcException>(async () => await call);
    }
}
