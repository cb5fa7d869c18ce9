using AccountGrid.Application;
using AccountGrid.Domain;

namespace AccountGrid.Testing;

/// <summary>Commands on an operator's record without request id and etag.</summary>
public static class OperatorCommands
{
    /// <summary>Carries out one command.</summary>
    public static Task<OperatorResult> ExecuteAsync(
        this OperatorProcessor processor, OperatorCommand command, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return processor.ExecuteAsync(new OperatorRequest(command, caller), cancellationToken);
    }
}
