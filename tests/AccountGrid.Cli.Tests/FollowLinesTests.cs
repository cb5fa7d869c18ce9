using System.Text;
using AccountGrid.Cli.Ingest;
using AccountGrid.V1;

namespace AccountGrid.Cli.Tests;

public static class FollowLinesTests
{
    public sealed class Reading
    {
        [Fact]
        public async Task Good_lines_are_read_and_bad_ones_named_by_number()
        {
            var lines = await ReadAsync("""
                {"account":"1","follower":"2","op":"follow"}
                {"account":1,"follower":3,"op":"unfollow"}
                not json

                {"account":"0","follower":"2","op":"follow"}
                {"account":"1","follower":"2","op":"block"}
                {"account":"1","op":"follow"}
                {"account":"1","follower":"2","op":"follow","since":1}
                {"account":"1","follower":"2","op":"follow"} {}
                [1]
                {"account":"1","account":"2","follower":"2","op":"follow"}
                {"account":"1","follower":"4","op":"FOLLOW"}
                """);
            Assert.Equal([1, 2, 12], lines.Where(l => l.Follow is not null).Select(l => l.Number));
            Assert.Equal([3, 5, 6, 7, 8, 9, 10, 11], lines.Where(l => l.Follow is null).Select(l => l.Number));
            Assert.Equal(new Follow { Account = 1, Follower = 3, Op = Follow.Types.Op.Unfollow }, lines[1].Follow);
            Assert.Equal("account must be a whole number from 1 to 9223372036854775807", lines[3].Problem);
            Assert.Equal("op must be follow or unfollow", lines[4].Problem);
            Assert.Equal("follower is missing", lines[5].Problem);
        }

        [Theory]
        [InlineData("\"-1\"")]
        [InlineData("\"+1\"")]
        [InlineData("\" 1\"")]
        [InlineData("1.5")]
        [InlineData("1e3")]
        [InlineData("9223372036854775808")]
        [InlineData("\"9223372036854775808\"")]
        [InlineData("null")]
        [InlineData("[1]")]
        [InlineData("{\"id\":1}")]
        public async Task An_id_that_is_none_is_refused(string id) =>
            Assert.Contains(
                "account must be",
                Assert.Single(await ReadAsync($$"""{"account":{{id}},"follower":"2","op":"follow"}""")).Problem,
                StringComparison.Ordinal);

        [Fact]
        public async Task A_line_longer_than_the_limit_is_bad_and_the_next_counts()
        {
            var padding = new string(' ', 3 * 1024 * 1024);
            var lines = await ReadAsync($$"""
                {"account":"1","follower":"1","op":"follow"}
                {"account":"1",{{padding}}"follower":"2","op":"follow"}
                {"account":"1","follower":"3","op":"follow"}
                """);
            Assert.Equal([1, 2, 3], lines.Select(l => l.Number));
            Assert.Null(lines[1].Follow);
            Assert.Equal(3, lines[2].Follow!.Follower);
        }

        [Fact]
        public async Task The_last_line_may_lack_its_end_and_a_first_byte_order_mark_is_dropped()
        {
            var lines = await ReadAsync(
                "\uFEFF{\"account\":\"1\",\"follower\":\"1\",\"op\":\"follow\"}\r\n{\"account\":\"1\",\"follower\":\"2\",\"op\":\"follow\"}");
            Assert.Equal([1L, 2L], lines.Select(l => l.Follow!.Follower));
        }

        [Fact]
        public async Task Text_that_is_no_utf8_is_a_bad_line()
        {
            byte[] bytes = [.. "{\"account\":\"1\",\"follower\":\""u8, 0xFF, 0xFE, .. "\",\"op\":\"follow\"}\n"u8];
            var line = Assert.Single(await ReadAsync(new MemoryStream(bytes), 1));
            Assert.Null(line.Follow);
        }

        [Fact]
        public async Task Resuming_skips_lines_but_keeps_their_numbers()
        {
            var lines = await ReadAsync(
                "bad\n{\"account\":\"1\",\"follower\":\"1\",\"op\":\"follow\"}\nbad\n", fromLine: 2);
            Assert.Equal([2, 3], lines.Select(l => l.Number));
        }

        [Fact]
        public async Task Nothing_in_gives_nothing_out() => Assert.Empty(await ReadAsync(""));

        [Fact]
        public async Task Lines_are_whole_however_the_bytes_arrive()
        {
            var text = string.Concat(
                Enumerable.Range(1, 200)
                    .Select(i => $"{{\"account\":\"1\",\"follower\":\"{i}\",\"op\":\"follow\"}}\n"));
            var lines = await ReadAsync(new Dripping(Encoding.UTF8.GetBytes(text)), 1);
            Assert.Equal(Enumerable.Range(1, 200).Select(i => (long)i), lines.Select(l => l.Follow!.Follower));
        }

        private static Task<List<FollowLine>> ReadAsync(string text, long fromLine = 1) =>
            ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), fromLine);

        private static async Task<List<FollowLine>> ReadAsync(Stream input, long fromLine)
        {
            var lines = new List<FollowLine>();
            await foreach (var line in FollowLines.ReadAsync(input, fromLine, TestContext.Current.CancellationToken))
            {
                lines.Add(line);
            }

            return lines;
        }

        // A pipe whose writer is slow: seven bytes at a time.
        private sealed class Dripping(byte[] bytes) : MemoryStream(bytes)
        {
            public override ValueTask<int> ReadAsync(
                Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                base.ReadAsync(buffer[..Math.Min(7, buffer.Length)], cancellationToken);
        }
    }
}
