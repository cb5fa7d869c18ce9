namespace AccountGrid.Application;

/// <summary>
/// A stored event or snapshot is of a type or version that this program does not know: it was written by a newer one,
/// or is damaged.
/// </summary>
public sealed class UnknownFormatException(string what) : Exception($"Unknown format: {what}.");
