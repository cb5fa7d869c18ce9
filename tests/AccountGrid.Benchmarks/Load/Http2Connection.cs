using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace AccountGrid.Benchmarks.Load;

/// <summary>
/// One HTTP/2 connection with a number of lanes. One task reads and writes: answers of one read are followed by one
/// write with their lanes' next calls.
/// </summary>
/// <param name="socket">Connected.</param>
/// <param name="headers">Header blocks by lane and method.</param>
/// <param name="script">What the lanes ask.</param>
/// <param name="firstLane">The number of the first lane, as the script knows it.</param>
internal sealed class Http2Connection(
    Socket socket, byte[][][] headers, ILoadScript script, int firstLane) : IDisposable
{
    private const int FrameHeader = 9;
    private const byte Data = 0, Headers = 1, ResetStream = 3, Settings = 4, Ping = 6, GoAway = 7;
    private const byte EndStream = 1, Ack = 1, EndHeaders = 4;

    /// <summary>Answers may fill this before the generator opens the window again.</summary>
    private const int Window = 1 << 30;

    private readonly ArrayBufferWriter<byte> _out = new(1 << 16);
    private readonly Dictionary<int, int> _laneOf = [];
    private readonly ArrayBufferWriter<byte>[] _answers = [.. headers.Select(_ => new ArrayBufferWriter<byte>(512))];
    private readonly long[] _askedAt = new long[headers.Length];
    private byte[] _in = new byte[1 << 16];
    private int _filled;
    private int _nextStream = 1;
    private long _received;
    private long _deadline;

    public long Completed { get; private set; }

    public long Failures { get; private set; }

    public string? FirstFailure { get; private set; }

    /// <summary>
    /// How long each answered call took, from its frames' making to its answer's reading, in seconds.
    /// </summary>
    public List<float> Latencies { get; } = [];

    /// <summary>Says hello: no dynamic table, no push, a window that never closes.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _out.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Frame(Settings, 0, 0, [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 4, 0x40, 0, 0, 0]);
        OpenWindow(Window);
        await FlushAsync(cancellationToken);
    }

    /// <summary>Runs until every lane is done.</summary>
    /// <param name="deadline">As <see cref="Stopwatch.GetTimestamp"/> counts.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    public async Task RunAsync(long deadline, CancellationToken cancellationToken)
    {
        _deadline = deadline;
        for (var lane = 0; lane < headers.Length; lane++)
        {
            Next(lane, timeIsUp: false);
        }

        while (_laneOf.Count > 0)
        {
            await FlushAsync(cancellationToken);
            if (_filled == _in.Length)
            {
                Array.Resize(ref _in, _in.Length * 2);
            }

            var read = await socket.ReceiveAsync(_in.AsMemory(_filled), cancellationToken);
            if (read == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            _filled += read;
            Parse(Stopwatch.GetTimestamp() >= _deadline);
        }
    }

    public void Dispose() => socket.Dispose();

    private void Parse(bool timeIsUp)
    {
        var at = 0;
        while (_filled - at >= FrameHeader)
        {
            var head = _in.AsSpan(at, FrameHeader);
            var length = (head[0] << 16) | (head[1] << 8) | head[2];
            if (_filled - at < FrameHeader + length)
            {
                break;
            }

            Handle(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head[5..]) & int.MaxValue,
                _in.AsSpan(at + FrameHeader, length), timeIsUp);
            at += FrameHeader + length;
        }

        _in.AsSpan(at, _filled - at).CopyTo(_in);
        _filled -= at;
    }

    private void Handle(byte type, byte flags, int stream, ReadOnlySpan<byte> payload, bool timeIsUp)
    {
        switch (type)
        {
            case Data:
                Receive(payload.Length);
                _answers[_laneOf[stream]].Write(payload);
                break;
            case Headers when (flags & EndStream) != 0:
                Finish(stream, Hpack.SaysOk(payload) ? null : Hpack.Describe(payload), timeIsUp);
                break;
            case ResetStream:
                Finish(stream, "the stream was reset", timeIsUp);
                break;
            case Settings when (flags & Ack) == 0:
                Frame(Settings, Ack, 0, []);
                break;
            case Ping when (flags & Ack) == 0:
                Frame(Ping, Ack, 0, payload);
                break;
            case GoAway:
                throw new InvalidOperationException("The server ended the connection.");
            default:
                break;
        }
    }

    private void Finish(int stream, string? failure, bool timeIsUp)
    {
        if (!_laneOf.Remove(stream, out var lane))
        {
            return;
        }

        if (failure is not null)
        {
            // The lane ends: what it would ask next may depend on what was refused.
            Failures++;
            FirstFailure ??= failure;
            return;
        }

        Completed++;
        Latencies.Add((float)Stopwatch.GetElapsedTime(_askedAt[lane]).TotalSeconds);
        script.Answered(firstLane + lane, _answers[lane].WrittenSpan[5..]);
        _answers[lane].ResetWrittenCount();
        Next(lane, timeIsUp);
    }

    private void Next(int lane, bool timeIsUp)
    {
        if (!script.TryNext(firstLane + lane, timeIsUp, out var call))
        {
            return;
        }

        _laneOf.Add(_nextStream, lane);
        _askedAt[lane] = Stopwatch.GetTimestamp();
        Frame(Headers, EndHeaders, _nextStream, headers[lane][call.Method]);
        FrameHead(Data, EndStream, _nextStream, call.Bytes.Length + 5);
        var prefix = _out.GetSpan(5);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], call.Bytes.Length);
        _out.Advance(5);
        _out.Write(call.Bytes.Span);
        _nextStream += 2;
    }

    private void Receive(int bytes)
    {
        _received += bytes;
        if (_received > Window / 2)
        {
            OpenWindow((int)_received);
            _received = 0;
        }
    }

    private void OpenWindow(int bytes)
    {
        Span<byte> increment = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(increment, bytes);
        Frame(8, 0, 0, increment);
    }

    private void Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        FrameHead(type, flags, stream, payload.Length);
        _out.Write(payload);
    }

    private void FrameHead(byte type, byte flags, int stream, int length)
    {
        var head = _out.GetSpan(FrameHeader);
        head[0] = (byte)(length >> 16);
        head[1] = (byte)(length >> 8);
        head[2] = (byte)length;
        head[3] = type;
        head[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(head[5..], stream);
        _out.Advance(FrameHeader);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        for (var rest = _out.WrittenMemory; !rest.IsEmpty;)
        {
            rest = rest[await socket.SendAsync(rest, cancellationToken)..];
        }

        _out.ResetWrittenCount();
    }
}
