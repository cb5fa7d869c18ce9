using AccountGrid.Application;

namespace AccountGrid.Storage;

/// <summary>Opens audit views, of which only <see cref="StoreOptions.AuditViews"/> may be open. Thread-safe.</summary>
/// <param name="options">The limit, and the delay that a refusal asks for.</param>
/// <param name="open">Opens a view that calls the given action once when it is closed.</param>
public sealed class AuditSource(
    StoreOptions options, Func<Action, CancellationToken, Task<IAuditView>> open) : IAuditSource
{
    private readonly ConcurrencyLimit _views =
        new(options.AuditViews, () => new StorageOverloadedException("The number of audit views", options.RetryAfter));

    /// <inheritdoc />
    public async Task<IAuditView> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _views.Enter();
        try
        {
            return await open(_views.Exit, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _views.Exit();
            throw;
        }
    }
}
