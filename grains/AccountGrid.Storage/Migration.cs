namespace AccountGrid.Storage;

/// <summary>One step of a schema. A step is never changed once it is released; a change is a new step.</summary>
/// <param name="Version">The schema's version after the step: from 1, without gaps.</param>
/// <param name="Name">The name in the log.</param>
/// <param name="Sql">The statements.</param>
public sealed record Migration(int Version, string Name, string Sql);
