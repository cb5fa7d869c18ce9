using System.Collections.Immutable;

namespace AccountGrid.Application;

/// <summary>Keeps the boundaries of MACs in the store. Implementations are thread-safe.</summary>
public interface IMacBoundaryStore
{
    /// <summary>Every boundary, ascending by position, exactly as stored, tampered ones included.</summary>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<ImmutableArray<MacBoundary>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a boundary, unless an entry behind its position has no MAC, or there is one at this position. From then on
    /// the store takes no append of a program that writes none.
    /// </summary>
    /// <returns>Whether it was added.</returns>
    /// <exception cref="StorageUnavailableException">The store failed.</exception>
    Task<bool> AddAsync(MacBoundary boundary, CancellationToken cancellationToken);
}
