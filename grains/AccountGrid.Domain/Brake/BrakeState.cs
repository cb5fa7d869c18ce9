using System.Collections.Immutable;

namespace AccountGrid.Domain;

/// <summary>Everything that the journal says about the brake; immutable.</summary>
public sealed record BrakeState
{
    /// <summary>The state before the first entry: never engaged.</summary>
    public static BrakeState Initial { get; } = new();

    /// <summary>The journal's length.</summary>
    public long Version { get; init; }

    /// <summary>The last engagement, unless it was released. It may have ended by itself.</summary>
    public BrakeEngagement? Engagement { get; init; }

    /// <summary>The last release.</summary>
    public BrakeRelease? Release { get; init; }

    /// <summary>The last request ids, oldest first; bounded by <see cref="RequestMemory"/>.</summary>
    public ImmutableArray<RememberedRequest> Requests { get; init; } = [];

    /// <summary>The callers with entries of refused attempts within the window.</summary>
    public ImmutableArray<RefusedCaller> RefusedCallers { get; init; } = [];

    /// <summary>The engagement in force at an instant, or <c>null</c>.</summary>
    public BrakeEngagement? EngagedAt(DateTimeOffset now) => Engagement is { } e && now < e.Until ? e : null;
}
