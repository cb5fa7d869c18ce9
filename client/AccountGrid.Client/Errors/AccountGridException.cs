using Grpc.Core;

namespace AccountGrid.Client;

/// <summary>
/// What came instead of a result: a refusal by a rule, or a failure on the way. <see cref="Reason"/> says which;
/// <see cref="IsOutcomeUnknown"/> says whether a change may have happened all the same. Cancellation by the caller is
/// never one of these: it is an <see cref="OperationCanceledException"/>. Immutable.
/// </summary>
public sealed class AccountGridException : Exception
{
    internal AccountGridException(CallFailure failure, Exception? inner)
        : base(failure.Message, inner)
    {
        Failure = failure;
    }

    /// <summary>
    /// The stable reason, one of <see cref="AccountGridReasons"/> or a newer one; empty where there was no answer, or
    /// the answer came from something else, such as a proxy.
    /// </summary>
    public string Reason => Failure.Reason;

    /// <summary>The gRPC status code.</summary>
    public StatusCode Code => Failure.Code;

    /// <summary>The fields that break a rule; empty where none is at fault.</summary>
    public IReadOnlyList<AccountGridFieldViolation> Fields => Failure.Fields;

    /// <summary>When the server expects another attempt to make sense; <c>null</c> where it did not say.</summary>
    public TimeSpan? RetryAfter => Failure.RetryAfter;

    /// <summary>
    /// What finds the call in the server's traces and logs, 32 hex digits; empty where no server answered.
    /// </summary>
    public string TraceId => Failure.TraceId;

    /// <summary>
    /// Whether a change may have happened although no answer came. Send the same request again with
    /// <see cref="RequestId"/>: it acts once. Always <c>false</c> for reads.
    /// </summary>
    public bool IsOutcomeUnknown => Failure.IsOutcomeUnknown;

    /// <summary>
    /// Whether the same call may succeed a moment later: no answer came, or the server was busy. All attempts of the
    /// client have failed by then.
    /// </summary>
    public bool IsTransient => RetryRule.IsTransient(Failure);

    /// <summary>The idempotency key that the request carried; empty where it has none.</summary>
    public string RequestId => Failure.RequestId;

    /// <summary>The call, such as <c>accountgrid.v1.AccountService/DeactivateAccount</c>.</summary>
    public string Method => Failure.Method;

    /// <summary>The number of attempts.</summary>
    public int Attempts => Failure.Attempts;

    /// <summary>The failure as <see cref="RetryRule"/> judges it.</summary>
    internal CallFailure Failure { get; }
}
