using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// The grains of accounts. Calls to them may throw <see cref="GrainRefusedException"/> where the account is unknown.
/// Thread-safe; one per process.
/// </summary>
/// <param name="factory">
/// The cluster. It may start later than this is made, but not later than the first account is asked for.
/// </param>
public sealed class AccountGrains(IGrainFactory factory)
{
    private readonly GrainReferences<IAccountGrain> _references =
        new(factory, static cluster => cluster.GetGrain<IAccountGrain>(1));

    /// <summary>The grain of an account.</summary>
    public IAccountGrain this[AccountId id] => _references[GrainIdKeyExtensions.CreateIntegerKey(id.Value)];
}
