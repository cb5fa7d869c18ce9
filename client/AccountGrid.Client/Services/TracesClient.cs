using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// The traces of the last commands, step by step, as the silos remember them. Role: staff. Thread-safe.
/// </summary>
public sealed class TracesClient
{
    private readonly TraceService.TraceServiceClient _stub;
    private readonly CallPipeline _calls;

    internal TracesClient(TraceService.TraceServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>The spans of one trace.</summary>
    /// <param name="id">32 hex digits, as answers, journal entries and incidents have them.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Trace> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new GetTraceRequest { Id = id }, _stub.GetTraceAsync, cancellationToken);

    /// <summary>One line for each trace that is remembered, newest first. There is no second page.</summary>
    /// <param name="request">The largest number, and optionally one account or one sender.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListTracesResponse> ListAsync(
        ListTracesRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListTracesAsync, cancellationToken);
}
