using AccountGrid.Domain;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace AccountGrid.Gateway.Errors;

/// <summary>One field and the rule that it breaks.</summary>
/// <param name="Field">In lower camel case, with indexes: <c>accounts[3].id</c>.</param>
/// <param name="Rule">The rule, as the end of a sentence that begins with the field.</param>
internal readonly record struct FieldViolation(string Field, string Rule);

/// <summary>One error as a client sees it, whatever the protocol.</summary>
/// <param name="Kind">Reason and status.</param>
/// <param name="Message">One sentence for a person; never an exception's text.</param>
internal sealed record ApiError(ErrorKind Kind, string Message)
{
    /// <summary>The domain in every <see cref="ErrorInfo"/>.</summary>
    public const string Domain = "accountgrid";

    private static readonly TypeRegistry DetailTypes = TypeRegistry.FromMessages(ErrorInfo.Descriptor, BadRequest.Descriptor, RetryInfo.Descriptor);
    private static readonly JsonFormatter Formatter = new(new JsonFormatter.Settings(false, DetailTypes));

    /// <summary>The server failed.</summary>
    public static ApiError Failure { get; } = new(ErrorMap.Internal, "The server failed; the trace id names the failure.");

    /// <summary>The fields at fault, in the order found.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    /// <summary>How long to wait before asking again; <c>null</c> where waiting does not help or nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>An error with a refusal's reason.</summary>
    public static ApiError Of(RefusalReason reason, string message) => new(ErrorMap.Of(reason), message);

    /// <summary>A refusal of the domain.</summary>
    public static ApiError Of(Refusal refusal) => Of(refusal.Reason, refusal.Message, refusal.Field, refusal.RetryAfter);

    /// <summary>A refusal with its parts.</summary>
    public static ApiError Of(RefusalReason reason, string message, string? field, TimeSpan? retryAfter) => new(ErrorMap.Of(reason), message)
    {
        Violations = field is null ? [] : [new FieldViolation(field, RuleIn(message, field))],
        RetryAfter = retryAfter,
    };

    /// <summary>INVALID_ARGUMENT for one or more fields.</summary>
    public static ApiError Invalid(params IReadOnlyList<FieldViolation> violations) =>
        new(ErrorMap.Of(RefusalReason.InvalidArgument),
            violations.Count == 1 ? $"{violations[0].Field} {violations[0].Rule}" : $"{violations.Count} fields are not acceptable.")
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
                request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Rule });
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

    /// <summary>The domain writes "field rule"; a violation names the field apart.</summary>
    private static string RuleIn(string message, string field) =>
        message.StartsWith(field + " ", StringComparison.Ordinal) ? message[(field.Length + 1)..] : message;
}

/// <summary>Carries an <see cref="ApiError"/> out of a service method; <see cref="ErrorInterceptor"/> turns it into the protocol's form.</summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    /// <summary>The error.</summary>
    public ApiError Error => error;
}
