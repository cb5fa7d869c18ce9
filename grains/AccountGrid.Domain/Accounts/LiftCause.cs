namespace AccountGrid.Domain;

/// <summary>Why a hold was lifted. Numbers are stored.</summary>
public enum LiftCause
{
    /// <summary>Staff restored.</summary>
    Staff = 1,

    /// <summary>The owner came back.</summary>
    Owner = 2,

    /// <summary>Its time was over.</summary>
    Expired = 3,

    /// <summary>All acts of one operator were undone.</summary>
    Undo = 4,
}
