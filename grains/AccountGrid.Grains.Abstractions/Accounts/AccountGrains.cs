using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// The cheap way to an account's grain: the two type look-ups behind <c>GetGrain&lt;T&gt;(key)</c>, which cost as much as the call itself, are done
/// once. A reference is not a grain: getting one makes no call and no activation. Thread-safe; one per process.
/// </summary>
public sealed class AccountGrains
{
    private readonly IGrainFactory _factory;
    private readonly GrainType _grainType;
    private readonly GrainInterfaceType _interfaceType;

    /// <summary>Resolves the types. The silo (or the client) must have started.</summary>
    public AccountGrains(IGrainFactory factory)
    {
        _factory = factory;
        var sample = factory.GetGrain<IAccountGrain>(1);
        _grainType = sample.GetGrainId().Type;
        _interfaceType = ((GrainReference)sample).InterfaceType;
    }

    /// <summary>The grain of an account. Calls to it may throw <see cref="GrainRefusedException"/> where the account is unknown.</summary>
    public IAccountGrain this[AccountId id] =>
        (IAccountGrain)_factory.GetGrain(GrainId.Create(_grainType, GrainIdKeyExtensions.CreateIntegerKey(id.Value)), _interfaceType);
}
