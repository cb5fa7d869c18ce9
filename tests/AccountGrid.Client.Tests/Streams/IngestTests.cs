using AccountGrid.V1;

namespace AccountGrid.Client.Tests;

public static class IngestTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class An_ingest(SiloFixture fixture)
    {
        [Fact]
        public async Task Acknowledges_stream_by_stream_and_numbers_what_was_refused_from_its_beginning()
        {
            var id = await fixture.Silo.AccountAsync();
            using var network = fixture.Silo.Network();
            const int Count = FollowersClient.MaxFollowsPerStream + 20_000;
            var acknowledged =
                await network.Followers.IngestAsync(Follows(id, Count, 7, FollowersClient.MaxFollowsPerStream + 3),
                    TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal([FollowersClient.MaxFollowsPerStream, Count], acknowledged.Select(static a => a.Through));
            Assert.Equal((1L, 1L), (acknowledged[0].Answer.Failed, acknowledged[1].Answer.Failed));
            Assert.Equal([7L, FollowersClient.MaxFollowsPerStream + 3],
                acknowledged[1].Total.Errors.Select(static e => e.Line));
            Assert.Equal((Count, Count - 2L), (acknowledged[1].Total.Received, acknowledged[1].Total.Changed));
            Assert.Equal(Count - 2,
                (await network.Accounts.GetAsync(
                    id, cancellationToken: TestContext.Current.CancellationToken)).Followers.Count);
        }

        [Fact]
        public async Task Whose_answer_is_lost_is_sent_again_and_counts_once()
        {
            var id = await fixture.Silo.AccountAsync();
            var faults = new Faults();
            faults.On = (_, send) => faults.Count("IngestFollows") == 1 ? Faults.LoseAsync(send) : send();
            using var network = fixture.Silo.Create(faults: faults);
            var last = await network.Followers.IngestAsync(Follows(id, 1000), TestContext.Current.CancellationToken)
                .LastAsync(TestContext.Current.CancellationToken);
            Assert.Equal((2, 1000L, 1000L), (faults.Count("IngestFollows"), last.Through, last.Total.Unchanged));
            Assert.Equal(1000,
                (await network.Accounts.GetAsync(
                    id, cancellationToken: TestContext.Current.CancellationToken)).Followers.Count);
        }

        [Fact]
        public async Task That_fails_leaves_what_it_has_acknowledged()
        {
            var id = await fixture.Silo.AccountAsync();
            var faults = new Faults();
            faults.On = (method, send) => method == "IngestFollows" && faults.Count("IngestFollows") > 1
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused")
                : send();
            using var network = fixture.Silo.Create(static o => o.Retry.MaxAttempts = 2, faults);
            var through = 0L;
            await Assert.ThrowsAsync<AccountGridException>(async () =>
            {
                await foreach (var acknowledged in network.Followers.IngestAsync(
                    Follows(id, FollowersClient.MaxFollowsPerStream + 1), TestContext.Current.CancellationToken))
                {
                    through = acknowledged.Through;
                }
            });
            Assert.Equal(FollowersClient.MaxFollowsPerStream, through);
            Assert.Equal(through,
                (await network.Accounts.GetAsync(
                    id, cancellationToken: TestContext.Current.CancellationToken)).Followers.Count);
        }

        [Fact]
        public async Task Fits_its_messages_to_the_limit()
        {
            // Once, a message over the limit left the call hanging.
            var id = await fixture.Silo.AccountAsync();
            using var narrow = fixture.Silo.Create(static o => o.MaxSendMessageBytes = 64 * 1024);
            var answer = await narrow.Followers.IngestStreamAsync(
                [.. Enumerable.Range(1, 10_000)
                    .Select(
                        i => new Follow { Account = id, Follower = long.MaxValue - i, Op = Follow.Types.Op.Follow })],
                TestContext.Current.CancellationToken);
            Assert.Equal(10_000, answer.Changed);
        }

        [Fact]
        public async Task Of_nothing_acknowledges_nothing()
        {
            using var network = fixture.Silo.Network();
            Assert.Empty(await network.Followers.IngestAsync(Follows(1, 0), TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken));
        }

        [Fact]
        public async Task One_by_one_says_what_changed()
        {
            var id = await fixture.Silo.AccountAsync();
            using var network = fixture.Silo.Network();
            Assert.True((await network.Followers.PutAsync(id, 7, TestContext.Current.CancellationToken)).Changed);
            Assert.False((await network.Followers.PutAsync(id, 7, TestContext.Current.CancellationToken)).Changed);
            Assert.Equal(0,
                (await network.Followers.DeleteAsync(id, 7, TestContext.Current.CancellationToken)).Followers.Count);
        }

        [Fact]
        public async Task Stream_over_its_limit_is_refused_before_it_is_sent()
        {
            using var network = fixture.Silo.Network();
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
                () => network.Followers.IngestStreamAsync(
                    new Follow[FollowersClient.MaxFollowsPerStream + 1], TestContext.Current.CancellationToken));
        }

        private static IAsyncEnumerable<Follow> Follows(long account, int count, params long[] bad) =>
            Enumerable.Range(1, count)
            .Select(
                i => new Follow
                {
                    Account = account,
                    Follower = bad.Contains(i) ? 0 : 5_000_000 + i,
                    Op = Follow.Types.Op.Follow,
                })
            .ToAsyncEnumerable();
    }
}
