namespace AccountGrid.Domain;

/// <summary>Where a proposal stands. Numbers are stored.</summary>
public enum ProposalState
{
    /// <summary>Waits for its second person.</summary>
    Open = 1,

    /// <summary>Waits for its time; everything is checked again when it fires.</summary>
    Scheduled = 2,

    /// <summary>Done.</summary>
    Executed = 3,

    /// <summary>Rejected by another person.</summary>
    Rejected = 4,

    /// <summary>Withdrawn by its proposer.</summary>
    Withdrawn = 5,

    /// <summary>Not approved in time.</summary>
    Expired = 6,

    /// <summary>The account, the impact or the proposer's authority moved under it.</summary>
    Void = 7,

    /// <summary>It fired and was refused.</summary>
    Refused = 8,
}
