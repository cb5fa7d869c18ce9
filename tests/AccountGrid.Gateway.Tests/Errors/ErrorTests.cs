using System.Net;
using System.Text;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Errors;

public sealed class ErrorTests
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
                Assert.Contains(
                    readme, line =>
                        line.StartsWith($"| `{kind.Reason}` | {SnakeOf(kind.Code.ToString())} | {kind.HttpStatus}",
                            StringComparison.Ordinal));
            }
        }

        private static string SnakeOf(string name)
        {
            var text = new StringBuilder();
            foreach (var c in name)
            {
                _ = char.IsUpper(c) && text.Length > 0
                    ? text.Append('_').Append(c)
                    : text.Append(char.ToUpperInvariant(c));
            }

            return text.ToString();
        }
    }

    public sealed class Exceptions
    {
        [Fact]
        public void Of_the_way_to_a_grain_say_that_the_outcome_is_unknown()
        {
            foreach (var failure in (Exception[])[
                new TimeoutException("Response did not arrive on time in 00:00:30 for message: secret"),
                new TaskCanceledException("secret"), new OrleansException("secret")])
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
            var error = ExceptionMap.Of(
                new Grains.GrainRefusedException(new(RefusalReason.NotFound, "There is no account 7.", null, null)));
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
        public async Task Speak_one_protocol_per_port()
        {
            using var json =
                new HttpClient
                {
                    BaseAddress = gateway.Host.Grpc,
                    DefaultRequestVersion = HttpVersion.Version20,
                    DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact
                };
            json.DefaultRequestHeaders.Authorization = new("Bearer", gateway.Host.Tokens.Service);
            using var wrong = await json.GetAsync("/v1/accounts/1", TestContext.Current.CancellationToken);
            Assert.Equal(["content-type"], (await WireError.FromAsync(wrong)).Fields);

            using var content = new ByteArrayContent([0, 0, 0, 0, 0]);
            content.Headers.ContentType = new("application/grpc");
            using var grpc =
                await gateway.Service.Http.PostAsync(
                    "/accountgrid.v1.AccountService/GetAccount", content, TestContext.Current.CancellationToken);
            Assert.Equal("UNIMPLEMENTED", (await WireError.FromAsync(grpc)).Reason);
        }
    }

    [Fact]
    public async Task A_failure_of_the_server_is_told_by_its_trace_id_alone()
    {
        await using var host = await GatewayHost.StartAsync(new GatewayHostOptions
        {
            App = static app =>
                Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(
                    app, "/fail", static string () => throw new InvalidOperationException("secret")),
        });
        using var caller = new Wire(host, host.Tokens.Service);
        var error = await caller.GetErrorAsync("/fail");
        Assert.Equal(("INTERNAL", HttpStatusCode.InternalServerError), (error.Reason, error.HttpStatus));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Contains(host.Logs.Lines, static line => line.Contains("secret", StringComparison.Ordinal));
    }
}
