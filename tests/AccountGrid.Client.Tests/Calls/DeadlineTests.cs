using Grpc.Core;

namespace AccountGrid.Client.Tests;

public static class DeadlineTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class An_attempt(SiloFixture fixture)
    {
        [Fact]
        public async Task That_takes_too_long_ends_and_the_next_one_may_answer()
        {
            var id = await fixture.Silo.AccountAsync();
            var faults = new Faults();
            faults.Hangs = _ => faults.Count("GetAccount") == 1;
            using var client =
                fixture.Silo.Create(static o => o.Deadlines.Read = TimeSpan.FromMilliseconds(300), faults);
            Assert.Equal(id,
                (await client.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken)).Id);
        }

        [Fact]
        public async Task That_always_takes_too_long_fails_the_call_with_an_unknown_outcome()
        {
            var faults = new Faults { Hangs = static _ => true };
            using var client = fixture.Silo.Create(
                static o =>
                {
                    o.Deadlines.Command = TimeSpan.FromMilliseconds(50);
                    o.Retry.MaxAttempts = 2;
                },
                faults);
            var error = await Assert.ThrowsAsync<AccountGridException>(
                () =>
                    client.Accounts.RestoreAsync(
                        new() { Id = 1, Reason = "ERROR" }, TestContext.Current.CancellationToken));
            Assert.Equal((StatusCode.DeadlineExceeded, 2), (error.Code, error.Attempts));
            Assert.True(error.IsOutcomeUnknown && error.IsTransient);
        }

        [Fact]
        public async Task Ends_when_the_caller_cancels()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var faults = new Faults { Hangs = static _ => true };
            using var client = fixture.Silo.Create(faults: faults);
            var call = client.Accounts.GetAsync(1, cancellationToken: stop.Token);
            await faults.Hung.WaitAsync(TestContext.Current.CancellationToken);
            await stop.CancelAsync();
            Assert.Equal(stop.Token,
                (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
        }

        [Fact]
        public async Task Is_not_made_when_the_caller_cancels_in_the_pause_before_it()
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var faults = new Faults
            {
                On = static (_, _) =>
                    throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"),
            };
            using var client = fixture.Silo.Create(
                o =>
                {
                    o.Retry.FirstDelay = o.Retry.LongestDelay = TimeSpan.FromMinutes(5);
                    o.Retry.OnRetry = _ => stop.Cancel();
                },
                faults);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => client.Accounts.GetAsync(1, cancellationToken: stop.Token));
            Assert.Equal(1, faults.Count("GetAccount"));
        }
    }
}
