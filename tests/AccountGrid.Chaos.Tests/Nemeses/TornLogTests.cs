using AccountGrid.Chaos.Nemeses;

namespace AccountGrid.Chaos.Tests.Nemeses;

public sealed class TornLogTests
{
    // A checkpoint that one recovery had verified, and no round had put into the database yet, was cut by the next
    // strike: no power cut takes back what was flushed.
    [Theory]
    [InlineData("", 0, null)]
    [InlineData("aaaa\nbbbb\n", 1, "aaaa\nbb")]
    [InlineData("aaaa\nbbbb\n", 2, "aaaa\nbbbb\nbb")]
    [InlineData("aaaa\nbbbb\n", 3, "aaaa\nbbbb\nbb")]
    public void A_line_is_cut_where_it_may_have_been_in_a_write(string log, long durable, string? torn) =>
        Assert.Equal(torn, Nemesis.Torn(log, durable, fraction: 0.5));
}
