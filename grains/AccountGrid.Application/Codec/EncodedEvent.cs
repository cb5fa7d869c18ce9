namespace AccountGrid.Application;

/// <summary>An encoded event.</summary>
/// <param name="Type">Stable name.</param>
/// <param name="TypeVersion">From 1.</param>
/// <param name="Payload">UTF-8 JSON.</param>
public readonly record struct EncodedEvent(string Type, int TypeVersion, ReadOnlyMemory<byte> Payload);
