using System.Runtime.CompilerServices;
using AccountGrid.Domain;

namespace AccountGrid.Application.Tests.Audit;

/// <summary>Measures the process's memory, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(LongJournalTests), DisableParallelization = true)]
[Collection(nameof(LongJournalTests))]
public sealed class LongJournalTests
{
    [Fact]
    public async Task Memory_stays_flat_however_long_the_journal_is()
    {
        using var notary = new Notary();
        var view = new EndlessView(length: 100_000);

        var result = await new AuditVerifier(view, notary.Outside, notary.Keys).VerifyAsync(
            TestContext.Current.CancellationToken);

        Assert.True(result.IsIntact, result.First?.Message);
        Assert.Equal(100_000, result.Entries);
        Assert.InRange(view.LargestGrowth, long.MinValue, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task Problems_without_end_are_counted_and_the_first_are_kept()
    {
        using var notary = new Notary();
        for (var i = 1; i <= 100; i++)
        {
            notary.Store.Append($"a/{i}");
            notary.Store.Edit($"a/{i}", 1, e => e with { TraceId = "x" });
        }

        var result = await notary.VerifyAsync();

        Assert.Equal(100, result.ProblemCount);
        Assert.Equal(Enumerable.Range(1, VerificationResult.MaxProblems).Select(i => (long)i),
            result.Problems.Select(p => p.Position));
    }

    /// <summary>One stream, made while it is read, so that whatever memory it takes is the verifier's.</summary>
    private sealed class EndlessView(int length) : IAuditSource, IAuditView
    {
        private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);

        public long LargestGrowth { get; private set; } = long.MinValue;

        public Task<IAuditView> OpenAsync(CancellationToken cancellationToken) => Task.FromResult<IAuditView>(this);

        public IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken) =>
            ReadByPositionAsync(cancellationToken);

        public async IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            ReadOnlyMemory<byte> previous = default;
            var entry = new JournalEntry(
                TamperableStore.Stream("a/1"), 0, DateTimeOffset.UnixEpoch, Actor.System, "attempt-refused", 1,
                new byte[200], "", null, null, default);
            for (var i = 1; i <= length; i++)
            {
                var next = entry with { Sequence = i };
                next = next with { Hash = EntryHash.Compute(next, previous.Span) };
                previous = next.Hash;
                yield return new(i, next);
                if (i % 25_000 == 0)
                {
                    LargestGrowth = Math.Max(LargestGrowth, GC.GetTotalMemory(forceFullCollection: true) - _before);
                }
            }

            await Task.CompletedTask;
        }

        public IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken) =>
            AsyncEnumerable.Empty<FollowerPart>();

        public async IAsyncEnumerable<StreamHead> ReadHeadsAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new(TamperableStore.Stream("a/1"), length);
        }

        public async IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield break;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
