namespace AccountGrid.Benchmarks.Memory;

/// <summary>A grain without anything in it: what an activation itself costs.</summary>
[Alias("bench.IBareGrain")]
internal interface IBareGrain : IGrainWithIntegerKey
{
    /// <summary>Its own key.</summary>
    [Alias("Get")]
    ValueTask<long> GetAsync();
}

/// <inheritdoc cref="IBareGrain"/>
internal sealed class BareGrain : Grain, IBareGrain
{
    public ValueTask<long> GetAsync() => ValueTask.FromResult(this.GetPrimaryKeyLong());
}
