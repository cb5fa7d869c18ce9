namespace AccountGrid.Domain;

/// <summary>How well an account is protected.</summary>
public enum Tier
{
    /// <summary>One authorised person may harm it, within a budget.</summary>
    Standard = 1,

    /// <summary>Harm takes two people.</summary>
    Protected = 2,
}
