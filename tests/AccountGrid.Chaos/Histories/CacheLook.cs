using AccountGrid.V1;

namespace AccountGrid.Chaos.Histories;

/// <summary>One answer of a status cache, with times on the history's clock.</summary>
/// <param name="Cache">The name of the cache, for messages.</param>
/// <param name="Account">The account that it was asked for.</param>
/// <param name="AskedAt">The time of the question.</param>
/// <param name="AnsweredAt">The time of the answer.</param>
/// <param name="Status">The answer; <c>null</c> = there is no such account.</param>
internal readonly record struct CacheLook(
    string Cache, long Account, TimeSpan AskedAt, TimeSpan AnsweredAt, Account.Types.Status? Status);
