namespace AccountGrid.Domain;

/// <summary>Which of two values of a setting protects more. Numbers are part of the contract between silos.</summary>
public enum StricterWhen
{
    /// <summary>The smaller number, or the shorter time.</summary>
    Lower = 1,

    /// <summary>The larger number, or the longer time.</summary>
    Higher = 2,

    /// <summary>The list that has fewer of the same items.</summary>
    Fewer = 3,
}
