namespace AccountGrid.Storage;

/// <summary>A bounded queue of a store, as metrics and errors name it.</summary>
/// <param name="Name">The name in metrics.</param>
/// <param name="Title">The name in errors.</param>
public sealed record StoreQueue(string Name, string Title)
{
    /// <summary>Appends that wait for a writer.</summary>
    public static StoreQueue Commands { get; } = new("commands", "The queue of commands");

    /// <summary>Follow batches that wait for a writer.</summary>
    public static StoreQueue Follows { get; } = new("follows", "The queue of follow batches");

    /// <summary>Reads that wait for a connection.</summary>
    public static StoreQueue Reads { get; } = new("reads", "The queue of reads");

    /// <summary>Existence checks that wait for a connection.</summary>
    public static StoreQueue ExistenceChecks { get; } = new("exists", "The queue of existence checks");

    /// <summary>Every queue.</summary>
    public static IReadOnlyList<StoreQueue> All { get; } = [Commands, Follows, Reads, ExistenceChecks];
}
