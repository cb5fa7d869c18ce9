namespace AccountGrid.Domain;

/// <summary>Refused attempts of one caller on one account that have no entries of their own.</summary>
/// <param name="Count">
/// How many; together with the entries they are all of the caller's recorded refusals. A lower bound: what a process
/// counted since the last entry is lost with the process. 0 where the entry itself is the only one.
/// </param>
/// <param name="FirstAt">When the first of them was refused.</param>
/// <param name="LastAt">When the last of them was refused.</param>
public sealed record CountedRefusals(long Count, DateTimeOffset FirstAt, DateTimeOffset LastAt);
