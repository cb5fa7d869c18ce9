namespace AccountGrid.Gateway.Services;

/// <summary>What a watcher asks for.</summary>
/// <param name="After">Resume after this position; <c>null</c> = from now on.</param>
/// <param name="Accounts">Only these; empty = all.</param>
/// <param name="Progress">How often to report progress; <c>null</c> = never.</param>
internal sealed record WatchOrder(long? After, IReadOnlySet<long> Accounts, TimeSpan? Progress = null);
