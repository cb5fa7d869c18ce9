namespace AccountGrid.Grains;

/// <summary>Gathers what all silos remember of the commands that were carried out: a stateless worker. Key 0.</summary>
[Alias("ag.ITraceGrain")]
public interface ITraceGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// One trace. No silo is waited for longer than two seconds; those that did not answer are named.
    /// </summary>
    [Alias("Get")]
    Task<TraceInfo> GetAsync(string traceId, CancellationToken cancellationToken);

    /// <summary>All traces, in one line each.</summary>
    [Alias("List")]
    Task<TraceListInfo> ListAsync(CancellationToken cancellationToken);
}
