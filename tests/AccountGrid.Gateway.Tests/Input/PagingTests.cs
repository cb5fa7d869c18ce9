using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Gateway.Validation;

namespace AccountGrid.Gateway.Tests.Input;

public sealed class PagingTests(SharedGateway gateway)
{
    public sealed class A_page_token(SharedGateway gateway)
    {
        [Fact]
        public async Task Goes_on_where_the_page_ended()
        {
            var id = await gateway.RegisterAsync();
            await SharedGateway.DeactivateAsync(gateway.Kim, id);
            await gateway.Kim.PostAsync($"/v1/accounts/{id}:restore", new { reason = "ERROR" });
            var sequences = new List<long>();
            var token = "";
            do
            {
                var page = await gateway.Kim.Accounts.ListJournalEntriesAsync(new() { Id = id, PageSize = 2, PageToken = token }, Wire.Options);
                sequences.AddRange(page.Entries.Select(e => e.Sequence));
                token = page.NextPageToken;
            }
            while (token.Length > 0);
            Assert.Equal([3, 2, 1], sequences);
        }

        [Fact]
        public async Task That_was_tampered_with_is_refused()
        {
            await gateway.RegisterAsync();
            await gateway.RegisterAsync();
            var good = (await gateway.Service.Accounts.ListAccountsAsync(new() { PageSize = 1 }, Wire.Options)).NextPageToken;
            Assert.NotEmpty(good);
            var flipped = good[..^1] + (good[^1] == 'A' ? 'B' : 'A');
            foreach (var token in new[] { flipped, good[1..], good + good, "x", "!", new string('A', 5000), Convert.ToBase64String(new byte[20]) })
            {
                var http = await gateway.Service.GetErrorAsync($"/v1/accounts?pageSize=1&pageToken={Uri.EscapeDataString(token)}");
                var grpc = await Wire.ErrorAsync(gateway.Service.Accounts.ListAccountsAsync(new() { PageSize = 1, PageToken = token }, Wire.Options));
                Assert.All(new[] { http, grpc }, error =>
                {
                    Assert.Equal("INVALID_ARGUMENT", error.Reason);
                    Assert.Equal(["pageToken"], error.Fields);
                });
            }
        }

        [Fact]
        public async Task Of_another_query_is_refused()
        {
            await gateway.RegisterAsync();
            await gateway.RegisterAsync();
            var token = (await gateway.Service.Accounts.ListAccountsAsync(new() { PageSize = 1 }, Wire.Options)).NextPageToken;
            var error = await Wire.ErrorAsync(gateway.Service.Accounts.ListAccountsAsync(new() { PageSize = 1, PageToken = token, Filter = "status = ACTIVE" }, Wire.Options));
            Assert.Equal(["pageToken"], error.Fields);
            error = await Wire.ErrorAsync(gateway.Kim.Audit.ListAuditEntriesAsync(new() { PageToken = token }, Wire.Options));
            Assert.Equal(["pageToken"], error.Fields);
        }

        [Fact]
        public void Carries_numbers_and_names()
        {
            var checks = default(FieldChecks);
            Assert.Equal(long.MaxValue, PageTokens.Number(ref checks, "q", PageTokens.Format("q", long.MaxValue)));
            Assert.Equal("kim", PageTokens.Name(ref checks, "q", PageTokens.Format("q", "kim")));
            Assert.Equal("", PageTokens.Format("q", 0));
            Assert.Equal("", PageTokens.Format("q", ""));
            Assert.Null(checks.Error);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1001)]
    public async Task A_page_size_out_of_range_is_refused(int size)
    {
        foreach (var path in new[] { "/v1/accounts", "/v1/proposals", "/v1/operators", "/v1/audit", "/v1/audit/checkpoints", "/v1/accounts/1/journal", "/v1/accounts/1/incidents" })
        {
            Assert.Equal(["pageSize"], (await gateway.Kim.GetErrorAsync($"{path}?pageSize={size}")).Fields);
        }
    }
}
