namespace AccountGrid.Domain;

/// <summary>What a journal entry of the brake says. A closed hierarchy.</summary>
public abstract record BrakeEvent
{
    private BrakeEvent()
    {
    }

    /// <summary>One more harm would have been over a limit: the brake is engaged from now on.</summary>
    /// <param name="Harms">Accounts taken down within the window, each by one person or service alone.</param>
    /// <param name="Reach">Their followers.</param>
    /// <param name="MaxHarms">The limit on the number.</param>
    /// <param name="MaxReach">The limit on the followers.</param>
    /// <param name="Until">When it ends by itself.</param>
    public sealed record Engaged(int Harms, long Reach, int MaxHarms, long MaxReach, DateTimeOffset Until)
        : BrakeEvent;

    /// <summary>An approver (the entry's actor) released the brake.</summary>
    /// <param name="Note">The reason.</param>
    public sealed record Released(string Note) : BrakeEvent;

    /// <summary>A request to release it was refused.</summary>
    public sealed record AttemptRefused(RefusalReason Reason, string Message) : BrakeEvent;
}
