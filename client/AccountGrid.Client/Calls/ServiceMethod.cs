using System.Collections.Frozen;
using System.Security.Cryptography;
using AccountGrid.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Level = Google.Protobuf.Reflection.MethodOptions.Types.IdempotencyLevel;

namespace AccountGrid.Client;

/// <summary>The effect of sending a call twice.</summary>
internal enum Repetition
{
    /// <summary>
    /// The same as of sending it once: it only reads, it says what shall be, or it carries a request id.
    /// </summary>
    Harmless,

    /// <summary>It acts twice.</summary>
    ActsTwice,
}

/// <summary>The setting of <see cref="AccountGridDeadlines"/> that limits one attempt.</summary>
internal enum TimeKind
{
    Read,
    Command,
    Undo,
    Verify,
    IngestStream,
    Watch,
}

/// <summary>
/// A method of the server, and what the client must know about it. Whether a call may be repeated when its outcome is
/// unknown is declared by the method's <c>idempotency_level</c> in the protos and nowhere else; <see cref="RetryRule"/>
/// reads it. A command with a request id is idempotent, because the same id with the same body acts once. Of those that
/// have none, follows and unfollows say what shall be; an offboarding only ever moves the end of authority earlier; an
/// undo finds nothing left to restore. Immutable.
/// </summary>
internal sealed class ServiceMethod
{
    private const string RequestIdPrefix = "net-";

    /// <summary>No two methods take the same request.</summary>
    private static readonly FrozenDictionary<MessageDescriptor, ServiceMethod> ByRequest =
        new[]
        {
            AccountService.Descriptor, FollowerService.Descriptor, ProposalService.Descriptor,
            OperatorService.Descriptor, BrakeService.Descriptor, AuditService.Descriptor, EventService.Descriptor,
            TraceService.Descriptor, PolicyService.Descriptor,
        }
        .SelectMany(static service => service.Methods)
        .Select(static method => new ServiceMethod(method, method.GetOptions()?.IdempotencyLevel ?? default))
        .Append(new ServiceMethod(Health.Descriptor.FindMethodByName("Check"), Level.NoSideEffects))
        .ToFrozenDictionary(static method => method._request);

    private readonly MessageDescriptor _request;
    private readonly IFieldAccessor? _requestId;

    private ServiceMethod(MethodDescriptor method, Level level)
    {
        _request = method.InputType;
        _requestId = _request.FindFieldByName("request_id")?.Accessor;
        Service = method.Service.FullName;
        Name = method.Name;
        FullName = $"{Service}/{Name}";
        IsChange = level != Level.NoSideEffects;
        Repetition = level == Level.IdempotencyUnknown ? Repetition.ActsTwice : Repetition.Harmless;
        Time = Name switch
        {
            "UndoOperator" or "UndoService" => TimeKind.Undo,
            "VerifyAudit" => TimeKind.Verify,
            "IngestFollows" => TimeKind.IngestStream,
            "WatchEvents" => TimeKind.Watch,
            _ => IsChange ? TimeKind.Command : TimeKind.Read,
        };
    }

    /// <summary>All methods that the client calls.</summary>
    public static IReadOnlyCollection<ServiceMethod> All => ByRequest.Values;

    /// <summary>The ingest, whose requests are a stream.</summary>
    public static ServiceMethod IngestFollows { get; } = Of(IngestFollowsRequest.Descriptor);

    /// <summary>The watch, whose answers are a stream.</summary>
    public static ServiceMethod WatchEvents { get; } = Of(WatchEventsRequest.Descriptor);

    /// <summary>Its service, such as <c>accountgrid.v1.AccountService</c>.</summary>
    public string Service { get; }

    /// <summary>Its name, such as <c>GetAccount</c>.</summary>
    public string Name { get; }

    /// <summary>Service and name as in a request's path.</summary>
    public string FullName { get; }

    /// <summary>Its time limit.</summary>
    public TimeKind Time { get; }

    /// <summary>Whether it changes anything.</summary>
    public bool IsChange { get; }

    /// <summary>The effect of sending it twice.</summary>
    public Repetition Repetition { get; }

    /// <summary>The method that takes such a request.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public static ServiceMethod Of(MessageDescriptor request) => ByRequest[request];

    /// <summary>
    /// A copy of the request as it is sent, with a fresh request id (128 random bits) where the request has the field
    /// and it is empty.
    /// It is a copy because an object that the caller changes between two attempts would be another request under the
    /// same id.
    /// </summary>
    /// <returns>The copy, and its request id; empty where the method has none.</returns>
    public (T Request, string RequestId) Prepare<T>(T request)
        where T : class, IMessage<T>
    {
        var sent = request.Clone();
        if (_requestId is null)
        {
            return (sent, "");
        }

        if (_requestId.GetValue(sent) is string { Length: > 0 } given)
        {
            return (sent, given);
        }

        var fresh = RequestIdPrefix + RandomNumberGenerator.GetHexString(32, lowercase: true);
        _requestId.SetValue(sent, fresh);
        return (sent, fresh);
    }
}
