namespace AccountGrid.Grains;

/// <summary>
/// Decides which requests a process records, before anything is made for it. Absent where OpenTelemetry's sampler
/// decides. Thread-safe; never waits.
/// </summary>
public interface IRequestSampler
{
    /// <summary>Whether this request is recorded.</summary>
    /// <param name="kind">
    /// <see cref="TraceNames.CommandRequest"/>, <see cref="TraceNames.FollowRequest"/> or
    /// <see cref="TraceNames.ReadRequest"/>.
    /// </param>
    /// <param name="isPerson">Whether a person sent it, and not a service.</param>
    /// <param name="isAsked">Whether the caller records its own part, by the flag in its <c>traceparent</c>.</param>
    bool ShouldRecord(string kind, bool isPerson, bool isAsked);
}
