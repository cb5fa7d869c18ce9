namespace AccountGrid.Grains;

/// <summary>What a span was about, by OpenTelemetry's kinds. Numbers cross silos: never renumber.</summary>
public enum SpanKind
{
    /// <summary>Work within a process.</summary>
    Internal = 0,

    /// <summary>A call that was answered here.</summary>
    Server = 1,

    /// <summary>A call to a grain or to the database.</summary>
    Client = 2,

    /// <summary>Something sent off.</summary>
    Producer = 3,

    /// <summary>Something received.</summary>
    Consumer = 4,
}
