using System.Collections.Immutable;
using AccountGrid.Chaos.Workloads;

namespace AccountGrid.Chaos.Clusters;

/// <summary>
/// What clients and checks need of a grid, wherever it runs. Used by one caller at a time, but for <see cref="Token"/>.
/// </summary>
internal interface IGrid : IAsyncDisposable
{
    /// <summary>Every way in, for the checks.</summary>
    ImmutableArray<Endpoint> Gateways { get; }

    /// <summary>
    /// How to read its database; <c>null</c> where nobody said: then only what the wire shows is checked.
    /// </summary>
    string? ConnectionString { get; }

    /// <summary>A token that it believes.</summary>
    string Token(string subject, IEnumerable<string> roles);

    /// <summary>
    /// Nothing is under way any more: what has no answer by now never takes effect. The clients' next attempts belong
    /// to the next epoch.
    /// </summary>
    void EndEpoch();

    /// <summary>Writes what its processes have printed into a directory, as far as that is known here.</summary>
    void KeepOutput(string directory);
}
