using AccountGrid.Domain;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Says once in the life of the process that the role <c>service</c> is broad, when a token of a service that has it is
/// first accepted. Thread-safe.
/// </summary>
internal sealed partial class BroadRoleHint(ILogger<BroadRoleHint> logger)
{
    private int _said;

    /// <summary>A token was accepted.</summary>
    public void Accepted(CallerIdentity caller)
    {
        if (!caller.IsStaff && caller.Roles.HasFlag(Roles.Service) && Interlocked.Exchange(ref _said, 1) == 0)
        {
            LogBroad(logger, caller.Subject);
        }
    }

    [LoggerMessage(
        1, LogLevel.Information,
        "The role service of the token of {Subject} is broad: it may do all that reader, follower-writer, registrar "
        + "and owner-agent may. Give each service the narrow roles that it needs. This is said once.")]
    private static partial void LogBroad(ILogger logger, string subject);
}
