using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>
/// People and their powers. What raises power waits for a second admin: see <see cref="ProposalsClient"/>. Request ids
/// as in <see cref="AccountsClient"/>; undoing carries none and is harmless to repeat. Thread-safe.
/// </summary>
public sealed class OperatorsClient
{
    private readonly OperatorService.OperatorServiceClient _stub;
    private readonly CallPipeline _calls;

    internal OperatorsClient(OperatorService.OperatorServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>One page of operators. Role: staff.</summary>
    /// <param name="request">Page size and page token.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListOperatorsResponse> ListPageAsync(
        ListOperatorsRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.ListOperatorsAsync, cancellationToken);

    /// <summary>All operators, read page by page as they are asked for. Role: staff.</summary>
    /// <param name="cancellationToken">Ends the listing.</param>
    public IAsyncEnumerable<Operator> ListAsync(CancellationToken cancellationToken = default) => Pages.ReadAsync(
        new ListOperatorsRequest(), ListPageAsync, static page => page.Operators, cancellationToken);

    /// <summary>Reads one operator. Role: staff.</summary>
    /// <param name="id">The subject of the person's tokens.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<Operator> GetAsync(string id, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(new GetOperatorRequest { Id = id }, _stub.GetOperatorAsync, cancellationToken);

    /// <summary>
    /// What the caller may do to a person's power now: alone, with a second admin, or not, and why. Role: staff.
    /// </summary>
    /// <param name="id">The subject of the person's tokens.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<ListOperatorActionsResponse> ListActionsAsync(
        string id, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(
            new ListOperatorActionsRequest { Id = id }, _stub.ListOperatorActionsAsync, cancellationToken);

    /// <summary>
    /// Enrols a person, or changes roles and the end of authority. Role: admin. <see cref="Outcome.Pending"/> where it
    /// raises power: another admin has to approve it.
    /// </summary>
    /// <param name="request">The person, the roles and the end of authority.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<EnrollOperatorResponse> EnrollAsync(
        EnrollOperatorRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.EnrollOperatorAsync, cancellationToken);

    /// <summary>
    /// Ends a person's authority at an instant and voids what the person has pending. Role: admin.
    /// <see cref="Outcome.Pending"/> where one admin alone would take too much.
    /// </summary>
    /// <param name="request">The person and the instant.</param>
    /// <param name="cancellationToken">Ends the call; the outcome is unknown then.</param>
    public Task<OffboardOperatorResponse> OffboardAsync(
        OffboardOperatorRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.OffboardOperatorAsync, cancellationToken);

    /// <summary>
    /// Lifts the holds that one person placed or approved since an instant. Role: support. Where it was sent again, the
    /// answer lists only what the last attempt restored.
    /// </summary>
    /// <param name="request">The operator, the instant, and whether only to say what would be done.</param>
    /// <param name="cancellationToken">Ends the call; a part may have been restored then.</param>
    public Task<UndoOperatorResponse> UndoAsync(
        UndoOperatorRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.UndoOperatorAsync, cancellationToken);

    /// <summary>
    /// Lifts the owners' holds that one service placed since an instant. Role: support. Where it was sent again, the
    /// answer lists only what the last attempt restored.
    /// </summary>
    /// <param name="request">The service, the instant, and whether only to say what would be done.</param>
    /// <param name="cancellationToken">Ends the call; a part may have been restored then.</param>
    public Task<UndoServiceResponse> UndoServiceAsync(
        UndoServiceRequest request, CancellationToken cancellationToken = default) =>
        _calls.CallAsync(request, _stub.UndoServiceAsync, cancellationToken);
}
