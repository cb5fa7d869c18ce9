namespace AccountGrid.Grains;

/// <summary>
/// Recurring work of a grain: a call that comes while the work of an earlier one goes on does nothing. For one grain's
/// scheduler.
/// </summary>
internal sealed class OneAtATime
{
    private bool _isAtWork;

    /// <summary>Does the work, unless it is being done.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        if (_isAtWork)
        {
            return;
        }

        _isAtWork = true;
        try
        {
            await work();
        }
        finally
        {
            _isAtWork = false;
        }
    }
}
