using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// The cheap way to an account's grain: the two type look-ups behind <c>GetGrain&lt;T&gt;(key)</c>, which cost as much
/// as the call itself, are done once. A reference is not a grain: getting one makes no call and no activation.
/// Thread-safe; one per process.
/// </summary>
/// <param name="factory">
/// The cluster. It may start later than this is made, but not later than the first account is asked for.
/// </param>
public sealed class AccountGrains(IGrainFactory factory)
{
    private Types? _types;

    /// <summary>
    /// The grain of an account. Calls to it may throw <see cref="GrainRefusedException"/> where the account is unknown.
    /// </summary>
    public IAccountGrain this[AccountId id]
    {
        get
        {
            // A race finds the same twice.
            var types = _types ??= Types.Of(factory.GetGrain<IAccountGrain>(1));
            return (IAccountGrain)factory.GetGrain(
                GrainId.Create(types.Grain, GrainIdKeyExtensions.CreateIntegerKey(id.Value)), types.Interface);
        }
    }

    private sealed record Types(GrainType Grain, GrainInterfaceType Interface)
    {
        public static Types Of(IAccountGrain sample) =>
            new(sample.GetGrainId().Type, ((GrainReference)sample).InterfaceType);
    }
}
