using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AccountGrid.Gateway.Tests.Harness;
using Grpc.Core;

namespace AccountGrid.Gateway.Tests.Input;

/// <summary>What bad input gets, over both protocols: the stable reason, the field named, and nothing changed.</summary>
public static class BadInputTests
{
    private static readonly Marshaller<byte[]> Raw = Marshallers.Create(static bytes => bytes, static bytes => bytes);

    public sealed class An_id(SharedGateway gateway)
    {
        [Theory]
        [InlineData("0")]
        [InlineData("-1")]
        [InlineData("-9223372036854775808")]
        public async Task That_is_not_positive(string id)
        {
            var number = long.Parse(id, CultureInfo.InvariantCulture);
            Names("id", await gateway.Service.GetErrorAsync($"/v1/accounts/{id}"));
            Names("id", await Wire.ErrorAsync(gateway.Service.Accounts.GetAccountAsync(new() { Id = number }, Wire.Options)));
            Names("id", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" }));
            Names("id", await Wire.ErrorAsync(gateway.Kim.Accounts.DeactivateAccountAsync(new() { Id = number, Reason = "SPAM" }, Wire.Options)));
            Names("id", await gateway.Service.PostErrorAsync("/v1/accounts", new { id, handle = "x" }));
            Names("id", await Wire.ErrorAsync(gateway.Service.Accounts.RegisterAccountAsync(new() { Id = number, Handle = "x" }, Wire.Options)));
            Names("ids[1]", await gateway.Service.PostErrorAsync("/v1/accounts:batchGet", new { ids = new[] { "1", id } }));
            Names("ids[1]", await Wire.ErrorAsync(gateway.Service.Accounts.BatchGetAccountsAsync(new() { Ids = { 1, number } }, Wire.Options)));
            Names("follower", await Wire.ErrorAsync(gateway.Service.Followers.PutFollowerAsync(new() { Account = 1, Follower = number }, Wire.Options)));
        }

        [Theory]
        [InlineData("abc")]
        [InlineData("9223372036854775808")]
        [InlineData("99999999999999999999999")]
        [InlineData("1.5")]
        [InlineData("+5")]
        [InlineData("%205")]
        [InlineData("0x10")]
        [InlineData("1:destroy")]
        public async Task That_is_no_64_bit_number(string id)
        {
            Names("id", await gateway.Service.GetErrorAsync($"/v1/accounts/{id}"));
            Names("id", await gateway.Service.GetErrorAsync($"/v1/public/accounts/{id}"));
        }

        [Theory]
        [InlineData("\"abc\"")]
        [InlineData("\"9223372036854775808\"")]
        [InlineData("1e3")]
        [InlineData("1.0")]
        [InlineData("true")]
        [InlineData("{}")]
        [InlineData("[1]")]
        public async Task That_is_no_64_bit_number_in_a_body(string id) =>
            Names("id", await gateway.Service.PostErrorAsync("/v1/accounts", $$"""{"id":{{id}},"handle":"x"}"""));
    }

    public sealed class Text(SharedGateway gateway)
    {
        [Theory]
        [InlineData("a\0b")]
        [InlineData("\u202Eyzal")]
        [InlineData("\u2066x\u2069")]
        [InlineData("\u200B")]
        [InlineData("\u0007")]
        public async Task That_hides_something_is_refused_in_notes_tickets_and_handles(string text)
        {
            var id = await gateway.RegisterAsync();
            Names("note", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", note = text }));
            Names("note", await Wire.ErrorAsync(gateway.Kim.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", Note = text }, Wire.Options)));
            Names("ticket", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:restore", new { reason = "SPAM", ticket = text }));
            Names("ticket", await Wire.ErrorAsync(gateway.Kim.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "SPAM", Ticket = text }, Wire.Options)));
            var fresh = SharedGateway.FreshId();
            Names("handle", await gateway.Service.PostErrorAsync("/v1/accounts", new { id = fresh, handle = text }));
            Names("handle", await Wire.ErrorAsync(gateway.Service.Accounts.RegisterAccountAsync(new() { Id = fresh, Handle = text }, Wire.Options)));
            Names("displayName", await gateway.Kim.PostErrorAsync("/v1/operators", new { id = "zoe", displayName = text, roles = new[] { "SUPPORT" } }));
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
            Assert.Equal("NOT_FOUND", (await gateway.Service.GetErrorAsync($"/v1/accounts/{fresh}")).Reason);
        }

        [Fact]
        public async Task Over_its_limit_is_refused()
        {
            var id = await gateway.RegisterAsync();
            var note = new string('n', 1001);
            Names("note", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", note }));
            Names("note", await Wire.ErrorAsync(gateway.Kim.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "SPAM", Note = note }, Wire.Options)));
            Names("requestId", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", requestId = new string('r', 65) }));
            Names("requestId", await Wire.ErrorAsync(gateway.Kim.Accounts.SuspendAccountAsync(new() { Id = id, Reason = "SPAM", RequestId = "a b" }, Wire.Options)));
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        [Fact]
        public async Task That_is_not_Unicode_is_refused()
        {
            Names("body", await gateway.Service.PostErrorAsync("/v1/accounts", """{"id":"5","handle":"\ud800"}"""));
            using var content = new ByteArrayContent([.. "{\"id\":\"5\",\"handle\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await gateway.Service.Http.PostAsync("/v1/accounts", content, TestContext.Current.CancellationToken);
            Names("body", await WireError.FromAsync(response));
        }

        [Theory]
        [InlineData("spam", "must be 1 to 32 characters")]
        [InlineData("", "must be 1 to 32 characters")]
        [InlineData("NO_SUCH_REASON", "must be one of")]
        public async Task That_is_no_reason_is_refused(string reason, string rule)
        {
            var id = await gateway.RegisterAsync();
            foreach (var error in new[]
            {
                await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason }),
                await Wire.ErrorAsync(gateway.Kim.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = reason }, Wire.Options)),
            })
            {
                Names("reason", error);
                Assert.Contains(rule, error.Message, StringComparison.Ordinal);
            }
        }
    }

    public sealed class A_body(SharedGateway gateway)
    {
        [Theory]
        [InlineData("{")]
        [InlineData("")]
        [InlineData("nonsense")]
        [InlineData("{\"reason\":\"SPAM\",}")]
        [InlineData("[]")]
        [InlineData("null")]
        [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}}}}}}}}")]
        public async Task That_is_not_JSON_is_refused_with_the_place(string body)
        {
            var id = await gateway.RegisterAsync();
            var error = await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", body);
            Assert.Equal("INVALID_ARGUMENT", error.Reason);
            Assert.Equal(HttpStatusCode.BadRequest, error.HttpStatus);
            Assert.Contains(error.Fields[0], new[] { "body", "reason" });
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        [Fact]
        public async Task That_is_no_protobuf_is_refused()
        {
            var method = new Method<byte[], byte[]>(MethodType.Unary, "accountgrid.v1.AccountService", "DeactivateAccount", Raw, Raw);
            foreach (var bytes in new byte[][] { [0xFF, 0xFF, 0xFF], [0x0A, 0x7F], [0x12, 0x02, 0xC3, 0x28] })
            {
                var call = gateway.Host.Invoker(gateway.Host.Tokens.Staff("kim")).AsyncUnaryCall(method, null, Wire.Options, bytes);
                var error = await Wire.ErrorAsync(call);
                Assert.Equal("INVALID_ARGUMENT", error.Reason);
                Assert.Equal(StatusCode.InvalidArgument, error.Code);
            }
        }

        [Fact]
        public async Task With_a_field_that_does_not_exist_is_refused()
        {
            // A misspelt until was once a suspension for ever.
            var id = await gateway.RegisterAsync();
            Names("untill", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", untill = "2030-01-01T00:00:00Z" }));
            Names("untill", await gateway.Service.GetErrorAsync($"/v1/accounts/{id}?untill=1"));
            Names("note", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", """{"reason":"SPAM","note":"a","note":"b"}"""));
            Names("minVersion", await gateway.Service.GetErrorAsync($"/v1/accounts/{id}?minVersion=1&minVersion=2"));
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        // Protobuf's JSON mapping takes null for absent; for a list it was once refused without a field.
        [Fact]
        public async Task With_null_for_a_list_lacks_the_list()
        {
            var id = await gateway.RegisterAsync();
            await gateway.Kim.PostAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM" });
            await gateway.Kim.PostAsync($"/v1/accounts/{id}:restore", new { kinds = (string[]?)null, reason = "ERROR", note = (string?)null });
            Assert.Equal(V1.Account.Types.Status.Active, (await gateway.ReadAsync(id)).Status);
            Names("ids", await gateway.Service.PostErrorAsync("/v1/accounts:batchGet", """{"ids":null}"""));
            Names("kinds[0]", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:restore", """{"reason":"ERROR","kinds":[null]}"""));
        }

        [Fact]
        public async Task That_says_another_id_than_the_path_is_refused()
        {
            var id = await gateway.RegisterAsync();
            Names("id", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { id = "1", reason = "SPAM" }));
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        [Fact]
        public async Task Names_every_field_at_fault_at_once()
        {
            var id = await gateway.RegisterAsync();
            var error = await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "no", note = "\0", ticket = "\0", requestId = " ", etag = "x" });
            Assert.Equal(["reason", "note", "ticket", "requestId", "etag"], error.Fields);
        }

        [Fact]
        public async Task Over_the_limit_is_refused()
        {
            var id = await gateway.RegisterAsync();
            var note = new string('n', 1024 * 1024 + 1);
            var http = await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", note });
            Assert.Equal("TOO_LARGE", http.Reason);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, http.HttpStatus);
            var grpc = await Wire.ErrorAsync(gateway.Kim.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM", Note = note }, Wire.Options));
            Assert.Equal("TOO_LARGE", grpc.Reason);
            Assert.Equal(StatusCode.ResourceExhausted, grpc.Code);
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }

        [Fact]
        public async Task Over_the_limit_without_a_length_is_refused()
        {
            // By hand: HttpClient fails if the connection is closed before it has sent everything, and reads no answer.
            const int Size = 2 * 1024 * 1024;
            var answer = await RawRequest.SendAsync(
                gateway.Host.Http,
                "POST /v1/accounts",
                gateway.Host.Tokens.Service,
                "Content-Type: application/json\r\nTransfer-Encoding: chunked",
                $"{Size:x}\r\n{new string(' ', Size)}\r\n0\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 413 ", answer, StringComparison.Ordinal);
            Assert.Contains("TOO_LARGE", answer, StringComparison.Ordinal);
        }

        // A size that overflows was once a failure of the server.
        [Theory]
        [InlineData("POST /v1/accounts", "application/json", "FFFFFFFFFFFFFFFF")]
        [InlineData("POST /v1/accounts", "application/json", "7FFFFFFFFFFFFFFFF")]
        [InlineData("POST /v1/accounts", "application/json", "xyz")]
        [InlineData("POST /v1/followers:ingest", "application/x-ndjson", "FFFFFFFFFFFFFFFF")]
        public async Task In_chunks_of_an_impossible_size_is_refused(string line, string type, string size)
        {
            var answer = await RawRequest.SendAsync(
                gateway.Host.Http, line, gateway.Host.Tokens.Service, $"Content-Type: {type}\r\nTransfer-Encoding: chunked", $"{size}\r\n{{}}\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.Contains("INVALID_ARGUMENT", answer, StringComparison.Ordinal);
        }

        [Theory]
        [InlineData("text/plain")]
        [InlineData("application/xml")]
        [InlineData("application/json; charset=utf-16")]
        [InlineData("application/json; charset=nonsense")]
        public async Task Of_another_type_is_refused(string type)
        {
            using var content = new ByteArrayContent("{}"u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            using var response = await gateway.Service.Http.PostAsync("/v1/accounts", content, TestContext.Current.CancellationToken);
            Names("content-type", await WireError.FromAsync(response));
        }

        // It was taken for JSON that is not well formed.
        [Theory, InlineData("gzip"), InlineData("identity, br")]
        public async Task That_is_compressed_is_refused(string encoding)
        {
            using var content = new ByteArrayContent([0x1F, 0x8B, 0x08, 0x00]);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
            using var response = await gateway.Service.Http.PostAsync("/v1/accounts", content, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
            Assert.Equal(["content-encoding"], (await WireError.FromAsync(response)).Fields);
        }
    }

    public sealed class A_batch(SharedGateway gateway)
    {
        [Theory]
        [InlineData(0)]
        [InlineData(1001)]
        public async Task Of_the_wrong_size_is_refused(int size)
        {
            var ids = Enumerable.Range(1, size).Select(static i => (long)i).ToArray();
            Names("ids", await gateway.Service.PostErrorAsync("/v1/accounts:batchGet", new { ids }));
            var request = new V1.BatchGetAccountsRequest();
            request.Ids.AddRange(ids);
            Names("ids", await Wire.ErrorAsync(gateway.Service.Accounts.BatchGetAccountsAsync(request, Wire.Options)));
        }

        [Fact]
        public async Task Of_follows_over_ten_thousand_in_one_message_is_refused()
        {
            var id = await gateway.RegisterAsync();
            var message = new V1.IngestFollowsRequest();
            message.Follows.AddRange(Enumerable.Range(1, 10_001).Select(i => new V1.Follow { Account = id, Follower = i, Op = V1.Follow.Types.Op.Follow }));
            using var call = gateway.Service.Followers.IngestFollows(Wire.Options);
            await call.RequestStream.WriteAsync(message, TestContext.Current.CancellationToken);
            var error = WireError.From(await Assert.ThrowsAsync<RpcException>(async () => await call));
            Assert.Equal("TOO_LARGE", error.Reason);
            Assert.Equal(["follows"], error.Fields);
            Assert.Equal(0, (await gateway.ReadAsync(id)).Followers.Count);
        }
    }

    public sealed class A_choice(SharedGateway gateway)
    {
        [Fact]
        public async Task That_is_not_on_offer_is_refused()
        {
            var id = await gateway.RegisterAsync();
            Names("kinds[0]", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR", kinds = new[] { "EVERYTHING" } }));
            Names("kinds[0]", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:restore", """{"reason":"ERROR","kinds":[99]}"""));
            Names("kinds", await Wire.ErrorAsync(gateway.Kim.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR", Kinds = { (V1.Hold.Types.Kind)99 } }, Wire.Options)));
            Names("roles", await Wire.ErrorAsync(gateway.Kim.Operators.EnrollOperatorAsync(new() { Id = "zoe", Roles = { (V1.Role)99 } }, Wire.Options)));
            Names("roles", await gateway.Kim.PostErrorAsync("/v1/operators", new { id = "zoe" }));
            Names("directOnly", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", """{"reason":"SPAM","directOnly":"yes"}"""));
        }
    }

    public sealed class A_time(SharedGateway gateway)
    {
        [Theory]
        [InlineData("tomorrow")]
        [InlineData("2030-01-01")]
        [InlineData("2030-13-01T00:00:00Z")]
        [InlineData("12345-01-01T00:00:00Z")]
        [InlineData("2030-01-01T00:00:00")]
        [InlineData("2030-01-01 00:00:00Z")]
        [InlineData("Tue, 01 Dec 2026")]
        [InlineData("Tue, 01 Dec 2026 00:00:00 GMT")]
        public async Task That_is_none_is_refused(string until)
        {
            var id = await gateway.RegisterAsync();
            Names("until", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", until }));
        }

        // RFC 3339 allows all of these; protobuf's reader knows the last two only.
        [Theory]
        [InlineData("-01-01T00:00:00-00:00")]
        [InlineData("-01-01t00:00:00z")]
        [InlineData("-01-01t01:00:00.000+01:00")]
        [InlineData("\\u002d01-01t00:00:00z")]
        [InlineData("-01-01T00:00:00Z")]
        [InlineData("-01-01T01:00:00+01:00")]
        public async Task That_RFC_3339_allows_is_taken(string rest)
        {
            // A suspension may last ten years at most.
            var year = gateway.Host.Clock.GetUtcNow().Year + 2;
            var id = await gateway.RegisterAsync();
            using var content = new StringContent($$"""{"reason":"SPAM","until":"{{year}}{{rest}}","note":"n"}""", Encoding.UTF8, "application/json");
            using var response = await gateway.Kim.Http.PostAsync($"/v1/accounts/{id}:suspend", content, TestContext.Current.CancellationToken);
            var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, text);
            var until = Assert.Single((await gateway.ReadAsync(id)).Holds).Until.ToDateTimeOffset();
            Assert.Equal(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero), until);
        }

        [Theory]
        [InlineData(long.MaxValue, 0)]
        [InlineData(long.MinValue, 0)]
        [InlineData(1, -1)]
        [InlineData(1, 1_000_000_000)]
        public async Task That_no_calendar_knows_is_refused(long seconds, int nanos)
        {
            var id = await gateway.RegisterAsync();
            Names("until", await Wire.ErrorAsync(gateway.Kim.Accounts.SuspendAccountAsync(
                new() { Id = id, Reason = "SPAM", Until = new() { Seconds = seconds, Nanos = nanos } }, Wire.Options)));
        }

        [Fact]
        public async Task In_the_past_is_refused_by_the_domain()
        {
            var id = await gateway.RegisterAsync();
            Names("until", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:suspend", new { reason = "SPAM", until = "2020-01-01T00:00:00Z" }));
            Names("at", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:deactivate", new { reason = "SPAM", at = "2020-01-01T00:00:00Z" }));
            Names("reviewAt", await gateway.Kim.PostErrorAsync($"/v1/accounts/{id}:protect", new { reason = "OTHER", reviewAt = "2020-01-01T00:00:00Z" }));
            Names("since", await gateway.Kim.PostErrorAsync("/v1/operators/kim:undo", new { }));
            Assert.Equal(1, (await gateway.ReadAsync(id)).Version);
        }
    }

    public sealed class A_name(SharedGateway gateway)
    {
        [Fact]
        public async Task That_is_none_is_refused()
        {
            Names("id", await gateway.Kim.PostErrorAsync("/v1/proposals/nonsense:approve", new { }));
            Names("id", await Wire.ErrorAsync(gateway.Kim.Proposals.ApproveProposalAsync(new() { Id = "0-0" }, Wire.Options)));
            Names("id", await Wire.ErrorAsync(gateway.Kim.Proposals.WithdrawProposalAsync(new() { Id = "5-" }, Wire.Options)));
            Names("digest", await Wire.ErrorAsync(gateway.Kim.Proposals.ApproveProposalAsync(new() { Id = "5-1", Digest = "x" }, Wire.Options)));
            Names("id", await Wire.ErrorAsync(gateway.Kim.Operators.GetOperatorAsync(new() { Id = "two words" }, Wire.Options)));
            Names("id", await gateway.Kim.PostErrorAsync("/v1/operators", new { id = "", roles = new[] { "SUPPORT" } }));
            Names("owner", await gateway.Kim.PostErrorAsync("/v1/accounts/5:protect", new { reason = "OTHER", owner = "two words" }));
        }
    }

    private static void Names(string field, WireError error)
    {
        Assert.Equal("INVALID_ARGUMENT", error.Reason);
        Assert.Equal(StatusCode.InvalidArgument, error.Code);
        Assert.Contains(field, error.Fields);
        if (error.HttpStatus is { } status)
        {
            Assert.Equal(HttpStatusCode.BadRequest, status);
        }
    }
}
