using System.Runtime.CompilerServices;
using AccountGrid.Application;

namespace AccountGrid.Chaos.Mutants;

/// <summary>
/// The audit passes over one account as if it had never been, and over its auditor, who comes behind it: a gap in the
/// positions would show. Every chain that it does look at is intact.
/// </summary>
internal sealed class BlindAudit(IAuditSource source) : IAuditSource
{
    private static readonly string[] Unseen = ["a/404", "op/auditor"];

    public async Task<IAuditView> OpenAsync(CancellationToken cancellationToken) =>
        new View(await source.OpenAsync(cancellationToken));

    private sealed class View(IAuditView view) : IAuditView
    {
        public IAsyncEnumerable<CommittedEntry> ReadByStreamAsync(CancellationToken cancellationToken) =>
            WithoutAsync(view.ReadByStreamAsync(cancellationToken), static e => e.Entry.Stream.Value,
                cancellationToken);

        public IAsyncEnumerable<CommittedEntry> ReadByPositionAsync(CancellationToken cancellationToken) =>
            WithoutAsync(view.ReadByPositionAsync(cancellationToken), static e => e.Entry.Stream.Value,
                cancellationToken);

        public IAsyncEnumerable<StreamHead> ReadHeadsAsync(CancellationToken cancellationToken) =>
            WithoutAsync(view.ReadHeadsAsync(cancellationToken), static h => h.Stream.Value, cancellationToken);

        public IAsyncEnumerable<Checkpoint> ReadCheckpointsAsync(CancellationToken cancellationToken) =>
            view.ReadCheckpointsAsync(cancellationToken);

        public IAsyncEnumerable<FollowerPart> ReadFollowersAsync(CancellationToken cancellationToken) =>
            view.ReadFollowersAsync(cancellationToken);

        public ValueTask DisposeAsync() => view.DisposeAsync();

        private static async IAsyncEnumerable<T> WithoutAsync<T>(
            IAsyncEnumerable<T> all, Func<T, string> streamOf,
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var one in all.WithCancellation(cancellationToken))
            {
                if (!Unseen.Contains(streamOf(one)))
                {
                    yield return one;
                }
            }
        }
    }
}
