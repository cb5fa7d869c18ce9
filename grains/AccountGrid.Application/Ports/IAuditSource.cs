namespace AccountGrid.Application;

/// <summary>Opens consistent views for recomputing every chain and root.</summary>
public interface IAuditSource
{
    /// <summary>
    /// A view of one instant, unaffected by appends that go on meanwhile. Dispose it soon: it keeps old pages alive.
    /// </summary>
    Task<IAuditView> OpenAsync(CancellationToken cancellationToken);
}
