using AccountGrid.Domain;
using AccountGrid.Grains;
using AccountGrid.JsonContract;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace AccountGrid.Gateway.Errors;

/// <summary>One error as a client sees it, over either protocol.</summary>
/// <param name="Kind">Reason and status.</param>
/// <param name="Message">One sentence for a person; never an exception's text.</param>
internal sealed record ApiError(ErrorKind Kind, string Message)
{
    /// <summary>The domain in every <see cref="ErrorInfo"/>.</summary>
    public const string Domain = "accountgrid";

    /// <summary>The types of an error's details, for formatters of JSON.</summary>
    public static TypeRegistry DetailTypes { get; } =
        TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);

    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(false, DetailTypes));

    /// <summary>The server failed.</summary>
    public static ApiError Failure { get; } = new(
        ErrorMap.Internal, "The server failed; the trace id names the failure.");

    /// <summary>The fields at fault, in the order found.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    /// <summary>
    /// How long to wait before asking again; <c>null</c> where waiting does not help, or it is unknown how long.
    /// </summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>An error with a refusal's reason.</summary>
    public static ApiError Of(RefusalReason reason, string message) => new(ErrorMap.Of(reason), message);

    /// <summary>A refusal of the domain.</summary>
    public static ApiError Of(Refusal refusal) =>
        Of(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter);

    /// <summary>A refusal that a grain answered.</summary>
    public static ApiError Of(RefusalInfo refusal) =>
        Of(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter);

    /// <summary>A refusal with its parts.</summary>
    public static ApiError Of(RefusalReason reason, string message, string? field, TimeSpan? retryAfter) =>
        new(ErrorMap.Of(reason), message)
        {
            Violations = field is null ? [] : [new FieldViolation(field, RuleIn(message, field))],
            RetryAfter = retryAfter,
        };

    /// <summary>TOO_LARGE for one field.</summary>
    public static ApiError TooLarge(FieldViolation violation) =>
        Of(RefusalReason.TooLarge, $"{violation.Field} {violation.Rule}", violation.Field, retryAfter: null);

    /// <summary>INVALID_ARGUMENT for a body that is compressed.</summary>
    public static ApiError WrongEncoding(FieldViolation violation) =>
        new(ErrorMap.WrongEncoding, $"{violation.Field} {violation.Rule}") { Violations = [violation] };

    /// <summary>INVALID_ARGUMENT for one or more fields.</summary>
    public static ApiError Invalid(params IReadOnlyList<FieldViolation> violations) =>
        new(ErrorMap.Of(RefusalReason.InvalidArgument),
            violations.Count == 1
                ? $"{violations[0].Field} {violations[0].Rule}"
                : $"{violations.Count} fields are not acceptable.")
        {
            Violations = violations,
        };

    /// <summary>The same as google.rpc.Status, with ErrorInfo first.</summary>
    public RpcStatus ToStatus()
    {
        var status = new RpcStatus { Code = (int)Kind.Code, Message = Message };
        status.Details.Add(Any.Pack(new ErrorInfo { Domain = Domain, Reason = Kind.Reason }));
        if (Violations.Count > 0)
        {
            var request = new BadRequest();
            foreach (var violation in Violations)
            {
                request.FieldViolations.Add(
                    new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Rule });
            }

            status.Details.Add(Any.Pack(request));
        }

        if (RetryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }

        return status;
    }

    /// <summary>As a gRPC method throws it.</summary>
    public RpcException ToRpcException() => ToStatus().ToRpcException();

    /// <summary>As JSON.</summary>
    public string ToJson() => Formatter.Format(ToStatus());

    /// <summary>
    /// The rule of a message "field rule", as the domain writes it; a violation names the field separately.
    /// </summary>
    private static string RuleIn(string message, string field) =>
        message.StartsWith(field + " ", StringComparison.Ordinal) ? message[(field.Length + 1)..] : message;
}
