namespace AccountGrid.Silo;

/// <summary>
/// A token for the calls of a hosted service, cancelled some seconds after the silo was told to stop. A call that is
/// broken off at once leaves behind a grain that is just being activated while the silo ends: it fails to register, and
/// Orleans warns of it.
/// </summary>
internal sealed class LateCancellation : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _stopping;

    /// <summary>Follows a token.</summary>
    /// <param name="clock">Measures the seconds.</param>
    /// <param name="stopping">Cancelled when the silo is told to stop.</param>
    public LateCancellation(TimeProvider clock, CancellationToken stopping)
    {
        _source = new(Timeout.InfiniteTimeSpan, clock);
        _stopping = stopping.UnsafeRegister(static s => ((CancellationTokenSource)s!).CancelAfter(Grace), _source);
    }

    /// <summary>What calls are given.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc />
    public void Dispose()
    {
        _stopping.Dispose();
        _source.Dispose();
    }
}
