namespace AccountGrid.Benchmarks.Load;

/// <summary>Reads, one after the other, over a fixed set of accounts; now and then an answer is looked at.</summary>
/// <param name="reads">The encoded calls, one per account.</param>
/// <param name="check">Called with the index of the account and the answer; throws if it is wrong.</param>
internal sealed class ReadScript(
    IReadOnlyList<ReadOnlyMemory<byte>> reads, Action<int, ReadOnlySpan<byte>> check) : ILoadScript
{
    private const int LanesAtMost = 256;
    private const int LookAtEvery = 509;
    private readonly int[] _next = [.. Enumerable.Range(0, LanesAtMost).Select(lane => lane * 37)];

    public bool TryNext(int lane, bool timeIsUp, out LoadCall call)
    {
        call = new LoadCall(0, reads[_next[lane] % reads.Count]);
        return !timeIsUp;
    }

    public void Answered(int lane, ReadOnlySpan<byte> answer)
    {
        var read = _next[lane]++;
        if (read % LookAtEvery == 0)
        {
            check(read % reads.Count, answer);
        }
    }
}
