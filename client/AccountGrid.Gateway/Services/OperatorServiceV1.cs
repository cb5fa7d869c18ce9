using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Operators and their authority. Stateless.</summary>
internal sealed class OperatorServiceV1(GrainCalls grains, UndoRun undo) : V1.OperatorService.OperatorServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.ListOperatorsResponse> ListOperators(
        V1.ListOperatorsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var order = checks.PageByName("operators", request.PageSize, request.PageToken);
        checks.ThrowIfAny();
        var cancel = context.CancellationToken;
        var page = await grains.RepeatAsync(
            () => grains.Directory.ListOperatorsAsync(order.Cursor, order.Size, cancel), cancel);
        return new()
        {
            Operators = { page.Operators.Select(OperatorMapping.ToProto) },
            NextPageToken = PageTokens.Format(order.Query, page.Next),
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.Operator> GetOperator(V1.GetOperatorRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var id = checks.Operator("id", request.Id);
        checks.ThrowIfAny();
        var person = await grains.GetOperatorAsync(request.Id, context.CancellationToken);
        return person.Version > 0
            ? OperatorMapping.ToProto(person)
            : throw new ApiException(ApiError.Of(Refusal.NotFound($"operator {id}")));
    }

    /// <inheritdoc/>
    public override async Task<V1.ListOperatorActionsResponse> ListOperatorActions(
        V1.ListOperatorActionsRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Operator("id", request.Id);
        checks.ThrowIfAny();
        var (person, caller, cancel) =
            (grains.Operator(request.Id), context.CommandCaller(), context.CancellationToken);
        var list = GrainCalls.Unwrap(
            await grains.RepeatAsync(() => person.ListActionsAsync(caller, cancel), cancel));
        return new() { Actions = { list.Actions.Select(static a => CommandMapping.ToProto(a, V1.Role.Admin)) } };
    }

    /// <inheritdoc/>
    public override async Task<V1.EnrollOperatorResponse> EnrollOperator(
        V1.EnrollOperatorRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Operator("id", request.Id);
        checks.DisplayName(request.DisplayName);
        var roles = OperatorMapping.FromProto(ref checks, request.Roles);
        var endsAt = checks.Time("authorityEndsAt", request.AuthorityEndsAt);
        checks.PersonId(request.PersonId);
        checks.Note(request.Note);
        var command = new OperatorInput.Enroll(roles, request.DisplayName, endsAt)
        {
            PersonId = request.PersonId,
            Note = request.Note,
            RequestId = checks.RequestId(request.RequestId),
            ExpectedPowerVersion = checks.Etag(request.Etag),
        };
        checks.ThrowIfAny();
        var answer = await grains.AnswerAsync(request.Id, command, request.ValidateOnly, context);
        return new()
        {
            Outcome = answer.Outcome,
            Operator = answer.Operator,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.OffboardOperatorResponse> OffboardOperator(
        V1.OffboardOperatorRequest request, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Operator("id", request.Id);
        var endsAt = checks.Time("authorityEndsAt", request.AuthorityEndsAt);
        checks.Note(request.Note);
        var requestId = checks.RequestId(request.RequestId);
        var expected = checks.Etag(request.Etag);
        checks.ThrowIfAny();

        // The first instant stands for now: the same in every repetition, so that a request id has one body.
        var command = new OperatorInput.Offboard(endsAt ?? DateTimeOffset.UnixEpoch, request.Note)
        {
            RequestId = requestId,
            ExpectedPowerVersion = expected,
        };
        var answer = await grains.AnswerAsync(request.Id, command, request.ValidateOnly, context);
        return new()
        {
            Outcome = answer.Outcome,
            Operator = answer.Operator,
            Proposal = answer.Proposal,
            Preview = answer.Preview,
        };
    }

    /// <inheritdoc/>
    public override async Task<V1.UndoOperatorResponse> UndoOperator(
        V1.UndoOperatorRequest request, ServerCallContext context)
    {
        var result = await UndoAsync(
            request.Id, ofAService: false, request.Since, request.Note, request.DryRun, context);
        return new() { RestoredIds = { result.Restored }, Failures = { result.Failures }, More = result.More };
    }

    /// <inheritdoc/>
    public override async Task<V1.UndoServiceResponse> UndoService(
        V1.UndoServiceRequest request, ServerCallContext context)
    {
        var result = await UndoAsync(
            request.Id, ofAService: true, request.Since, request.Note, request.DryRun, context);
        return new() { RestoredIds = { result.Restored }, Failures = { result.Failures }, More = result.More };
    }

    private async Task<UndoResult> UndoAsync(
        string id, bool ofAService, Timestamp? since, string note, bool dryRun, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Operator("id", id);
        checks.Note(note);
        var from = checks.Time("since", since);
        if (since is null)
        {
            checks.Add("since", "must be given");
        }

        checks.ThrowIfAny();
        var order = new UndoOrder(id, ofAService, from!.Value, note, dryRun);
        return await undo.RunAsync(order, context.CommandCaller(), context.CancellationToken);
    }
}
