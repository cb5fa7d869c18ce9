namespace AccountGrid.Grains;

/// <summary>
/// The cheap way to the grains of one type: the two look-ups of types behind <c>GetGrain&lt;T&gt;(key)</c>, which cost
/// as much as a call itself, are done once. A reference is not a grain: getting one makes no call and no activation.
/// Thread-safe.
/// </summary>
/// <typeparam name="TGrain">The grain's interface.</typeparam>
/// <param name="factory">
/// The cluster. It may start later than this is made, but not later than the first grain is asked for.
/// </param>
/// <param name="sample">Gets any grain of the type.</param>
public sealed class GrainReferences<TGrain>(IGrainFactory factory, Func<IGrainFactory, TGrain> sample)
    where TGrain : IAddressable
{
    private Types? _types;

    /// <summary>The grain with this key.</summary>
    public TGrain this[IdSpan key]
    {
        get
        {
            // A race finds the same twice.
            var types = _types ??= Types.Of(sample(factory));
            return (TGrain)factory.GetGrain(GrainId.Create(types.Grain, key), types.Interface);
        }
    }

    private sealed record Types(GrainType Grain, GrainInterfaceType Interface)
    {
        public static Types Of(TGrain sample) =>
            new(sample.GetGrainId().Type, ((GrainReference)(object)sample).InterfaceType);
    }
}
