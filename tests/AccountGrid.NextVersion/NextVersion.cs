using Orleans.Concurrency;

namespace AccountGrid.Grains;

/// <content>A question of everybody, with a member more.</content>
public sealed partial record CallerInfo
{
    /// <summary>Unknown to the version before.</summary>
    [Id(100)]
    public string? Novelty { get; init; } = "later";
}

/// <content>An answer to everybody, with a member more, of a type that the version before does not have.</content>
public sealed partial record CommandReply
{
    /// <summary>Unknown to the version before.</summary>
    [Id(100)]
    public NoveltyInfo? Novelty { get; init; } = new("later", 7);
}

/// <content>What reads answer, with a member more.</content>
public sealed partial record AccountInfo
{
    /// <summary>Unknown to the version before.</summary>
    [Id(100)]
    public NoveltyInfo? Novelty { get; init; } = new("later", 7);
}

/// <content>What one grain answers another, with a member more.</content>
public sealed partial record AuthorityInfo
{
    /// <summary>Unknown to the version before.</summary>
    [Id(100)]
    public NoveltyInfo? Novelty { get; init; } = new("later", 7);
}

/// <summary>A type that the version before does not have.</summary>
[GenerateSerializer, Immutable, Alias("ag.novelty")]
public sealed record NoveltyInfo([property: Id(0)] string Text, [property: Id(1)] long Number);

/// <content>A method that the version before does not have.</content>
public partial interface IAccountGrain
{
    /// <summary>
    /// Nobody calls it: a call to a silo of the version before would fail, which is why a method is first added
    /// everywhere and then used.
    /// </summary>
    [AlwaysInterleave, Alias("Novelty")]
    Task<NoveltyInfo> NoveltyAsync(CancellationToken cancellationToken) => Task.FromResult(new NoveltyInfo("later", 7));
}
