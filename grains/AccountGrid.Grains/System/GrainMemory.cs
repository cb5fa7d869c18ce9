namespace AccountGrid.Grains;

/// <summary>
/// Since when a grain's memory has held. After a pause of the silo another one may have had the grain meanwhile, so
/// that what it remembers of the journals is read again before the next answer. One per activation, made with it; not
/// thread-safe.
/// </summary>
/// <param name="guard">Knows of pauses.</param>
/// <param name="isRead">Whether the activation reads by itself; if not, the first confirmation reads.</param>
internal sealed class GrainMemory(PauseGuard guard, bool isRead)
{
    // From before the activation reads: after a pause during that, it reads once more.
    private int? _generation = isRead ? guard.Generation : null;

    /// <summary>
    /// Waits until the silo knows that it is still a member, and reads again if there was a pause since the last
    /// reading. Throws as <paramref name="read"/> does; then the next call reads.
    /// </summary>
    /// <exception cref="SiloUnavailableException">The silo was declared dead; another one answers.</exception>
    /// <returns>The generation of the guard for which the memory holds.</returns>
    public async ValueTask<int> ConfirmAsync(Func<Task> read, CancellationToken cancellationToken)
    {
        var generation = await guard.ConfirmAsync(cancellationToken);
        if (generation != _generation)
        {
            await read();
            _generation = Math.Max(_generation ?? generation, generation);
        }

        return generation;
    }
}
