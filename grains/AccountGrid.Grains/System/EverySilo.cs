using System.Collections.Immutable;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace AccountGrid.Grains;

/// <summary>
/// Asks the same of every silo that is a member of the cluster now: one call to each, at the same time. A silo that
/// does not answer within <see cref="Patience"/>, because it hangs, goes or is of a version without the service, is
/// left out and named. Thread-safe.
/// </summary>
public sealed class EverySilo<TService>(
    IServiceProvider services, IClusterMembershipService membership,
    TimeProvider clock) : GrainServiceClient<TService>(services)
    where TService : IGrainService
{
    /// <summary>How long a silo may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What all of them answer, in no order, and the addresses of those that did not.</summary>
    public async Task<(ImmutableArray<T> Found, ImmutableArray<string> Missing)> AskAsync<T>(
        Func<TService, Task<ImmutableArray<T>>> question, CancellationToken cancellationToken)
    {
        var silos =
            membership.CurrentSnapshot.Members.Values.Where(
                static m => m.Status is SiloStatus.Active or SiloStatus.ShuttingDown).Select(static m => m.SiloAddress)
                    .ToArray();
        var answers = await Task.WhenAll(silos.Select(silo => AskOneAsync(silo, question, cancellationToken)));
        return (
            answers is [{ IsDefault: false } only] ? only : [.. answers.SelectMany(static a => a.IsDefault ? [] : a)],
            [.. silos.Where((_, i) => answers[i].IsDefault).Select(static s => s.ToParsableString())
                .Order(StringComparer.Ordinal)]);
    }

    /// <summary>A silo's answer, or the default where there is none.</summary>
    private async Task<ImmutableArray<T>> AskOneAsync<T>(
        SiloAddress silo, Func<TService, Task<ImmutableArray<T>>> question, CancellationToken cancellationToken)
    {
        try
        {
            return await question(GetGrainService(silo)).WaitAsync(Patience, clock, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }
}
