using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Gateway.Validation;

namespace AccountGrid.Gateway.Tests.Input;

public sealed class PagingTests(SharedGateway gateway)
{
    public sealed class A_page_token
    {
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
        foreach (var path in new[] { "/v1/accounts", "/v1/proposals", "/v1/operators", "/v1/audit",
            "/v1/audit/checkpoints", "/v1/accounts/1/journal", "/v1/accounts/1/incidents" })
        {
            Assert.Equal(["pageSize"], (await gateway.Kim.GetErrorAsync($"{path}?pageSize={size}")).Fields);
        }
    }
}
