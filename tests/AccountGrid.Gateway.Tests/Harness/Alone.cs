namespace AccountGrid.Gateway.Tests.Harness;

/// <summary>Tests that must have the process to themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
