using AccountGrid.V1;
using Grpc.Core;

namespace AccountGrid.Client.Tests;

public static class WatchTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class A_watch(SiloFixture fixture)
    {
        [Fact]
        public async Task Shows_what_happens_and_knows_its_position_before_anything_does()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = await fixture.Silo.AccountAsync();
            using var kim = fixture.Silo.As("kim", "support");
            var watch = kim.Events.WatchAsync(new AccountWatchOptions { Accounts = [id] });
            Assert.Null(watch.Position);
            await using var changes = watch.GetAsyncEnumerator(stop);
            var next = changes.MoveNextAsync();
            await Until.TrueAsync("the watch is connected", () => Task.FromResult(watch.Position is not null));
            await DownAndUpAsync(kim, id);
            Assert.True(await next);
            Assert.Equal((id, "hold-placed", changes.Current.Position),
                (changes.Current.Account, changes.Current.Type, watch.Position));
            Assert.True(await changes.MoveNextAsync());
            Assert.Equal(Account.Types.Status.Active, changes.Current.Status);
        }

        [Fact]
        public async Task Has_one_reader_at_a_time_and_goes_on_where_the_last_one_left()
        {
            var stop = TestContext.Current.CancellationToken;
            var id = await fixture.Silo.AccountAsync();
            using var kim = fixture.Silo.As("kim", "support");
            await DownAndUpAsync(kim, id);
            var watch = kim.Events.WatchAsync(new AccountWatchOptions { AfterPosition = 0, Accounts = [id] });
            await using (var first = watch.GetAsyncEnumerator(stop))
            {
                Assert.True(await first.MoveNextAsync());
                Assert.Equal(1, first.Current.Sequence);
                await using var second = watch.GetAsyncEnumerator(stop);
                await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
            }

            var rest = await watch.Take(2).ToListAsync(stop);
            Assert.Equal([2, 3], rest.Select(static c => c.Sequence));
        }

        [Fact]
        public async Task Moves_its_position_over_what_it_does_not_show()
        {
            var stop = TestContext.Current.CancellationToken;
            var (quiet, busy) = (await fixture.Silo.AccountAsync(), await fixture.Silo.AccountAsync());
            using var kim = fixture.Silo.As("kim", "support");
            var watch = kim.Events.WatchAsync(
                new AccountWatchOptions { Accounts = [quiet], ProgressInterval = TimeSpan.FromMilliseconds(100) });
            await using var changes = watch.GetAsyncEnumerator(stop);
            var next = changes.MoveNextAsync();
            await Until.TrueAsync("the watch is connected", () => Task.FromResult(watch.Position is not null));
            var before = watch.Position;
            await DownAndUpAsync(kim, busy);
            await Until.TrueAsync("the position moves", () => Task.FromResult(watch.Position >= before + 2));
            Assert.False(next.IsCompleted);
            await DownAndUpAsync(kim, quiet);
            Assert.True(await next);
        }

        [Fact]
        public async Task Ends_with_the_reason_where_no_reconnecting_helps()
        {
            using var nobody = fixture.Silo.As("nobody");
            var error = await Assert.ThrowsAsync<AccountGridException>(
                async () => await nobody.Events.WatchAsync().FirstAsync(TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.PermissionDenied, error.Code);
        }

        [Fact]
        public async Task Ends_when_its_reader_cancels()
        {
            using var network = fixture.Silo.Network();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var watch = network.Events.WatchAsync();
            var next = watch.FirstAsync(stop.Token);
            await Until.TrueAsync("the watch is connected", () => Task.FromResult(watch.Position is not null));
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        }

        [Fact]
        public async Task Takes_a_stream_that_says_nothing_any_more_for_broken()
        {
            // As behind a proxy that lost the other side.
            var line = new Line();
            var faults = new Faults();
            faults.On = async (method, send) =>
            {
                var response = await send();
                if (method == "WatchEvents" && faults.Count("WatchEvents") == 1)
                {
                    response.Content = new Over(line, response.Content);
                }

                return response;
            };
            var (id, other) = (await fixture.Silo.AccountAsync(), await fixture.Silo.AccountAsync());
            using var client = fixture.Silo.Create(faults: faults);
            using var kim = fixture.Silo.As("kim", "support");
            var watch = client.Events.WatchAsync(
                new AccountWatchOptions { Accounts = [id], ProgressInterval = TimeSpan.FromMilliseconds(100) });
            await using var changes = watch.GetAsyncEnumerator(TestContext.Current.CancellationToken);
            var next = changes.MoveNextAsync();
            await Until.TrueAsync("the watch is connected", () => Task.FromResult(watch.Position is not null));
            var before = watch.Position;
            await DownAndUpAsync(kim, other);
            await Until.TrueAsync("it says how far it is", () => Task.FromResult(watch.Position >= before + 2));
            line.IsDead = true;
            await DownAndUpAsync(kim, id);
            Assert.True(await next);
            Assert.Equal((2, 2), (changes.Current.Sequence, faults.Count("WatchEvents")));
        }

        [Fact]
        public async Task Gives_up_where_there_never_was_a_server()
        {
            using var client = AccountGridClient.Create(new AccountGridClientOptions
            {
                Address = new Uri("http://127.0.0.1:1"),
                TokenProvider = AccountGridTokenProvider.FromToken("t"),
                Retry = { MaxAttempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1),
                    LongestDelay = TimeSpan.FromMilliseconds(1) },
            });
            var error = await Assert.ThrowsAsync<AccountGridException>(
                async () => await client.Events.WatchAsync().FirstAsync(TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.Unavailable, error.Code);
        }

        /// <summary>A connection; once it is dead, nothing comes over it any more and nobody says so.</summary>
        private sealed class Line
        {
            public volatile bool IsDead;
        }

        private sealed class Over : HttpContent
        {
            private readonly Line _line;
            private readonly HttpContent _content;

            public Over(Line line, HttpContent content)
            {
                (_line, _content) = (line, content);
                foreach (var (name, values) in content.Headers)
                {
                    Headers.TryAddWithoutValidation(name, values);
                }
            }

            protected override async Task<Stream> CreateContentReadStreamAsync() =>
                new Answer(_line, await _content.ReadAsStreamAsync());

            protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
                throw new NotSupportedException();

            protected override bool TryComputeLength(out long length)
            {
                length = 0;
                return false;
            }
        }

        private sealed class Answer(Line line, Stream inner) : Stream
        {
            public override bool CanRead => true;

            public override bool CanSeek => false;

            public override bool CanWrite => false;

            public override long Length => throw new NotSupportedException();

            public override long Position
            {
                get => throw new NotSupportedException(); set =>
                throw new NotSupportedException();
            }

            public override async ValueTask<int> ReadAsync(
                Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await inner.ReadAsync(buffer, cancellationToken);
                if (line.IsDead)
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }

                return read;
            }

            public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

            public override void Flush()
            {
            }

            public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

            public override void SetLength(long value) => throw new NotSupportedException();

            public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        }
    }

    [Collection(nameof(DyingSilo))]
    public sealed class Across_a_restart(DyingSilo fixture)
    {
        [Fact]
        public async Task Nothing_is_lost_and_nothing_comes_twice()
        {
            var stop = TestContext.Current.CancellationToken;
            var silo = fixture.Silo;
            var id = await silo.AccountAsync();
            using var network = silo.Network();
            using var kim = silo.As("kim", "support");
            var watch = network.Events.WatchAsync(new AccountWatchOptions { Accounts = [id] });
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await using var changes = watch.GetAsyncEnumerator(end.Token);
            var seen = new List<WatchEventsResponse>();
            var next = changes.MoveNextAsync();
            await Until.TrueAsync("the watch is connected", () => Task.FromResult(watch.Position is not null));

            // Killed before its first change, between two, and stopped in order.
            await silo.Process.KillAsync();
            await silo.Process.RestartAsync(stop);
            await DownAndUpAsync(kim, id);
            await TakeAsync();
            await silo.Process.KillAsync();
            await silo.Process.RestartAsync(stop);
            await DownAndUpAsync(kim, id);
            await TakeAsync();
            await TakeAsync();
            await TakeAsync();
            await silo.Process.StopAsync(cancellationToken: stop);
            await silo.Process.RestartAsync(stop);
            await DownAndUpAsync(kim, id);
            await TakeAsync();
            await TakeAsync();
            await end.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
            Assert.Equal([2, 3, 4, 5, 6, 7], seen.Select(static c => c.Sequence));
            Assert.Equal(seen.Select(static c => c.Position).Distinct().Order(), seen.Select(static c => c.Position));

            async Task TakeAsync()
            {
                Assert.True(await next);
                seen.Add(changes.Current);
                next = changes.MoveNextAsync();
            }
        }
    }

    private static async Task DownAndUpAsync(AccountGridClient kim, long id)
    {
        await kim.Accounts.DeactivateAsync(new() { Id = id, Reason = "SPAM" }, TestContext.Current.CancellationToken);
        await kim.Accounts.RestoreAsync(new() { Id = id, Reason = "ERROR" }, TestContext.Current.CancellationToken);
    }
}
