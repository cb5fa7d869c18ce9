namespace AccountGrid.Grains;

/// <summary>What this process's own settings say about the policy; only in a silo. Thread-safe.</summary>
public interface ILocalPolicy
{
    /// <summary>Where they differ from what is in force.</summary>
    PolicyDifferencesInfo Differences { get; }
}
