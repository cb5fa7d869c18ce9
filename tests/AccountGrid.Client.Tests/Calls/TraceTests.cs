using System.Collections.Concurrent;
using System.Diagnostics;

namespace AccountGrid.Client.Tests;

public static class TraceTests
{
    [Collection(nameof(SiloFixture))]
    public sealed class A_call(SiloFixture fixture)
    {
        [Fact]
        public async Task Is_in_the_callers_trace_on_the_server_too()
        {
            using var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();
            var id = await fixture.Silo.AccountAsync();
            using var kim = fixture.Silo.As("kim", "support");
            await kim.Accounts.DeactivateAsync(
                new() { Id = id, Reason = "SPAM" }, TestContext.Current.CancellationToken);
            var journal = await kim.Accounts.ListJournalAsync(id, TestContext.Current.CancellationToken)
                .ToListAsync(TestContext.Current.CancellationToken);
            Assert.Equal(caller.TraceId.ToHexString(), journal[0].TraceId);
        }

        [Fact]
        public async Task Has_one_span_with_its_repetitions_as_events()
        {
            using var listening = new Listening();
            var faults = new Faults();
            faults.On = (_, send) => faults.Count("GetAccount") == 1 ? Faults.LoseAsync(send) : send();
            using var client = fixture.Silo.Create(faults: faults);
            var id = await fixture.Silo.AccountAsync();
            await client.Accounts.GetAsync(id, cancellationToken: TestContext.Current.CancellationToken);
            var span = listening.Of("accountgrid.v1.AccountService/GetAccount");
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
            Assert.Equal(
                ("grpc", "accountgrid.v1.AccountService", "GetAccount", 0, 2),
                (span.GetTagItem("rpc.system"), span.GetTagItem("rpc.service"), span.GetTagItem("rpc.method"),
                    span.GetTagItem("rpc.grpc.status_code"), span.GetTagItem("accountgrid.attempts")));
            Assert.Equal("retry", Assert.Single(span.Events).Name);
        }

        [Fact]
        public async Task That_is_refused_is_no_error_and_one_without_an_answer_is()
        {
            using var listening = new Listening();
            using var network = fixture.Silo.Network();
            await Assert.ThrowsAsync<AccountGridException>(
                () => network.Accounts.GetPublicAsync(999_999_998, TestContext.Current.CancellationToken));
            var refused = listening.Of("accountgrid.v1.AccountService/GetPublicAccount");
            Assert.Equal((ActivityStatusCode.Unset, "NOT_FOUND"),
                (refused.Status, refused.GetTagItem("accountgrid.reason")));
            using var lost =
                fixture.Silo.Create(
                    static o => o.Retry.MaxAttempts = 1,
                    new Faults { On = static (_, send) => Faults.LoseAsync(send) });
            await Assert.ThrowsAsync<AccountGridException>(
                () => lost.Followers.PutAsync(1, 2, TestContext.Current.CancellationToken));
            var unknown = listening.Of("accountgrid.v1.FollowerService/PutFollower");
            Assert.Equal((ActivityStatusCode.Error, "Unavailable"), (unknown.Status, unknown.GetTagItem("error.type")));
        }

        private sealed class Listening : IDisposable
        {
            private readonly ConcurrentQueue<Activity> _ended = new();
            private readonly Activity _root = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
            private readonly ActivityListener _listener;

            public Listening()
            {
                _listener = new ActivityListener
                {
                    ShouldListenTo = static source => source.Name == AccountGridClient.ActivitySourceName,
                    Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                    ActivityStopped = _ended.Enqueue,
                };
                ActivitySource.AddActivityListener(_listener);
            }

            /// <summary>The one span of a name in this test's trace.</summary>
            public Activity Of(string name) =>
                Assert.Single(_ended, a => a.DisplayName == name && a.TraceId == _root.TraceId);

            public void Dispose()
            {
                _listener.Dispose();
                _root.Dispose();
            }
        }
    }
}
