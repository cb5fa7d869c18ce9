using System.Collections.Immutable;

namespace AccountGrid.Grains;

/// <summary>The last traces of this very process. Thread-safe; never waits.</summary>
public interface ITraceStore
{
    /// <summary>
    /// The spans of a trace that ended here, and those of the commits that carried it. Empty where none is remembered.
    /// </summary>
    /// <param name="traceId">32 lower-case hex digits.</param>
    ImmutableArray<SpanInfo> Find(string traceId);

    /// <summary>Every trace that is remembered here, newest first.</summary>
    ImmutableArray<TraceSummaryInfo> List();
}
