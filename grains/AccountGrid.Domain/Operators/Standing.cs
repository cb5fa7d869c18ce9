namespace AccountGrid.Domain;

/// <summary>How much authority a person has at an instant.</summary>
public enum Standing
{
    /// <summary>Authority has ended, or was never granted: nothing is allowed.</summary>
    Ended = 0,

    /// <summary>Authority ends soon: may heal, may propose, may not approve, every harm needs approval.</summary>
    Notice = 1,

    /// <summary>Full authority, within the roles and the budget.</summary>
    Active = 2,
}
