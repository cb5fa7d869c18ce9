namespace AccountGrid.Application;

/// <summary>What became of a signature check.</summary>
public enum SignatureCheck
{
    /// <summary>It is right.</summary>
    Valid = 1,

    /// <summary>It is wrong.</summary>
    Invalid = 2,

    /// <summary>The key is not among the trusted ones.</summary>
    UnknownKey = 3,
}
