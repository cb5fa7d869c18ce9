namespace AccountGrid.Gateway.Services;

/// <summary>What to undo.</summary>
/// <param name="Subject">
/// The person whose acts are undone, or the service; has the form of an operator id.
/// </param>
/// <param name="OfAService">Whether it is a service.</param>
/// <param name="Since">From when, inclusive.</param>
/// <param name="Note">For the journals.</param>
/// <param name="DryRun">Only list what would be restored.</param>
internal sealed record UndoOrder(string Subject, bool OfAService, DateTimeOffset Since, string Note, bool DryRun)
{
    /// <summary>The name under which harm is listed: a service is apart from a person of the same subject.</summary>
    public string Name => OfAService ? $"svc/{Subject}" : Subject;
}
