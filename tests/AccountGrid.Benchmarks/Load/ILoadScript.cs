namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// What the lanes of a load generator ask. A lane is one caller with one call in flight; its members are called by one thread at a time per lane,
/// by several for different lanes.
/// </summary>
internal interface ILoadScript
{
    /// <summary>The next call of a lane.</summary>
    /// <param name="lane">Which caller.</param>
    /// <param name="timeIsUp">Whether the measurement is over; a lane in the middle of a pair of calls may still end it.</param>
    /// <param name="call">The call.</param>
    /// <returns><c>false</c> = the lane is done.</returns>
    bool TryNext(int lane, bool timeIsUp, out LoadCall call);

    /// <summary>A call was answered well.</summary>
    /// <param name="lane">Whose.</param>
    /// <param name="answer">The answer's message (gRPC) or the whole response (HTTP); valid during the call.</param>
    void Answered(int lane, ReadOnlySpan<byte> answer);
}

/// <summary>One call, encoded beforehand, so that the generator costs the servers' machine as little as possible.</summary>
/// <param name="Method">Index of the gRPC method among those that the load was made with; 0 for HTTP.</param>
/// <param name="Bytes">The message (gRPC) or the whole request (HTTP).</param>
internal readonly record struct LoadCall(int Method, ReadOnlyMemory<byte> Bytes);

/// <summary>What a load came to.</summary>
/// <param name="Completed">Calls answered well.</param>
/// <param name="Elapsed">From the first call to the last answer.</param>
/// <param name="Failures">Calls answered otherwise.</param>
/// <param name="FirstFailure">What the first of these said.</param>
/// <param name="Latencies">What each of the completed calls took, in seconds, in no order; empty where it was not taken.</param>
internal sealed record LoadResult(long Completed, TimeSpan Elapsed, long Failures, string? FirstFailure, float[] Latencies)
{
    /// <summary>Calls per second.</summary>
    public double Rate => Completed / Elapsed.TotalSeconds;

    /// <summary>Throws if any call failed: a rate of refusals is no rate.</summary>
    public LoadResult ThrowIfFailed() =>
        Failures == 0 ? this : throw new InvalidOperationException($"{Failures} of {Completed + Failures} calls failed; the first: {FirstFailure}");
}
