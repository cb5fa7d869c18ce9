using AccountGrid.Domain;
using AccountGrid.Gateway.Tests.Harness;
using AccountGrid.Gateway.Validation;

namespace AccountGrid.Gateway.Tests.Input;

public sealed class FilterTests(SharedGateway gateway)
{
    public sealed class Accounts
    {
        [Fact]
        public void Are_filtered_by_status_tier_and_handle()
        {
            var checks = default(FieldChecks);
            var filter = Filters.Accounts(ref checks, "status = SUSPENDED AND tier=PROTECTED AND handle = \"pre_*\"");
            Assert.Null(checks.Error);
            Assert.Equal(AccountStatus.Suspended, filter.Status);
            Assert.Equal(Tier.Protected, filter.Tier);
            Assert.Equal("pre_", filter.HandlePrefix);
        }

        [Theory]
        [InlineData("status")]
        [InlineData("status =")]
        [InlineData("status = suspended")]
        [InlineData("status != ACTIVE")]
        [InlineData("status >= ACTIVE")]
        [InlineData("status = ACTIVE OR tier = PROTECTED")]
        [InlineData("status = ACTIVE tier = PROTECTED")]
        [InlineData("status = ACTIVE AND")]
        [InlineData("status = ACTIVE AND status = ERASED")]
        [InlineData("handle = pre")]
        [InlineData("handle = \"*\"")]
        [InlineData("handle = \"a b*\"")]
        [InlineData("handle = \"pre*")]
        [InlineData("handle = \"pre\\x*\"")]
        [InlineData("colour = RED")]
        [InlineData("; drop table accounts")]
        [InlineData("\0")]
        public void Are_not_filtered_by_anything_else(string filter)
        {
            var checks = default(FieldChecks);
            Filters.Accounts(ref checks, filter);
            Assert.Equal("filter", Assert.Single(checks.Error!.Violations).Field);
        }

        [Fact]
        public void Are_not_filtered_by_a_novel()
        {
            var checks = default(FieldChecks);
            Filters.Accounts(ref checks, new string('a', 513));
            Assert.Equal("filter", Assert.Single(checks.Error!.Violations).Field);
        }
    }

    public sealed class Entries
    {
        [Fact]
        public void Are_filtered_by_stream_actor_type_and_time()
        {
            var checks = default(FieldChecks);
            var filter = Filters.Audit(
                ref checks,
                "stream = \"a/1\" AND actor = kim AND type = hold-placed AND at >= \"2026-01-01T00:00:00Z\" AND at < \"2026-01-02T00:00:00Z\"");
            Assert.Null(checks.Error);
            Assert.Equal(("a/1", "kim", "hold-placed"), (filter.Stream, filter.Subject, filter.Type));
            Assert.Equal(TimeSpan.FromDays(1), filter.Until - filter.Since);
        }

        // "Tue" was once taken for the T of a time.
        [Theory]
        [InlineData("2026-12-01T00:00:00Z", true)]
        [InlineData("2026-12-01t01:00:00+01:00", true)]
        [InlineData("2026-12-01T00:00:00-00:00", true)]
        [InlineData("Tue, 01 Dec 2026", false)]
        [InlineData("2026-12-01T00:00:00", false)]
        [InlineData("2026-12-01T00:00Z", false)]
        public void Are_filtered_by_times_of_RFC_3339_only(string at, bool isTaken)
        {
            var checks = default(FieldChecks);
            var filter = Filters.Audit(ref checks, $"at >= \"{at}\"");
            Assert.Equal(isTaken, checks.Error is null);
            Assert.Equal(isTaken ? new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero) : null, filter.Since);
        }

        [Theory]
        [InlineData("stream = \"x/1\"")]
        [InlineData("stream = \"a/0\"")]
        [InlineData("actor = \"two words\"")]
        [InlineData("type = \"No\"")]
        [InlineData("at >= yesterday")]
        [InlineData("at = \"2026-01-01T00:00:00Z\"")]
        [InlineData("at >= \"2026-01-01\"")]
        public void Are_not_filtered_by_anything_else(string filter)
        {
            var checks = default(FieldChecks);
            Filters.Audit(ref checks, filter);
            Assert.Equal("filter", Assert.Single(checks.Error!.Violations).Field);
        }
    }

    [Fact]
    public async Task A_bad_filter_is_named_over_both_protocols()
    {
        Assert.Equal(["filter"], (await gateway.Service.GetErrorAsync("/v1/accounts?filter=nonsense")).Fields);
        Assert.Equal(["filter"],
            (await Wire.ErrorAsync(
                gateway.Service.Accounts.ListAccountsAsync(new() { Filter = "nonsense" }, Wire.Options))).Fields);
        Assert.Equal(["filter"], (await gateway.Kim.GetErrorAsync("/v1/audit?filter=nonsense")).Fields);
        Assert.Equal(["filter"], (await gateway.Kim.GetErrorAsync("/v1/proposals?filter=nonsense")).Fields);
    }
}
