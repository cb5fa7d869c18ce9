namespace AccountGrid.Domain;

/// <summary>
/// Protection by reach. It begins when the followers reach the threshold and outlives their fall: it ends when they
/// have been below it for the cool-off, or by two people.
/// </summary>
/// <param name="Since">When the followers first reached the threshold.</param>
/// <param name="BelowSince">Since when they are below it; <c>null</c> while they are not.</param>
/// <param name="EndsAt">When the protection ends, if they stay below it; <c>null</c> while they are not.</param>
/// <param name="BackAt">When they last came back to it; <c>null</c> where they never were below it.</param>
public sealed record ReachProtection(
    DateTimeOffset Since, DateTimeOffset? BelowSince = null, DateTimeOffset? EndsAt = null,
    DateTimeOffset? BackAt = null);
