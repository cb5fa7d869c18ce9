using System.Buffers;
using System.IO.Pipelines;
using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Services;
using AccountGrid.JsonContract;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Http;

/// <summary>
/// <c>POST /v1/followers:ingest</c>: follows as newline-delimited JSON. A broken line is named and the rest counts. The
/// body may have any length; memory stays constant.
/// </summary>
internal sealed class IngestEndpoint(
    FollowIngests ingests,
    StreamSlots slots,
    IOptions<GatewayOptions> options,
    TimeProvider clock,
    IHostApplicationLifetime lifetime)
{
    /// <summary>Longest line, in bytes without its end.</summary>
    public const int LongestLine = 512;

    private readonly TimeSpan _idle = options.Value.Limits.IngestIdle;

    /// <summary>Handles one stream.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var caller = (CallerIdentity)context.User.Identity!;
        if (!IsNdjson(context.Request.ContentType))
        {
            throw new ApiException(
                ApiError.Invalid(new FieldViolation("content-type", "must be application/x-ndjson")));
        }

        if (!ContentEncodings.IsIdentity(context.Request.Headers.ContentEncoding))
        {
            var rule = new FieldViolation(ContentEncodings.Field, "must be identity: send the lines uncompressed");
            throw new ApiException(ApiError.WrongEncoding(rule));
        }

        // A sender may wait for its own source; a pause that is too long ends the stream below.
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        using var slot = slots.Take(caller.Subject);
        var totals = await ReadAsync(context, ingests.Begin(caller));
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(ProtoJson.Format(totals), context.RequestAborted);
    }

    private static bool IsNdjson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/x-ndjson", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/ndjson", StringComparison.OrdinalIgnoreCase);
    }

    private async Task<V1.IngestFollowsResponse> ReadAsync(HttpContext context, FollowIngest ingest)
    {
        using var idle = new CancellationTokenSource(_idle, clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, lifetime.ApplicationStopping, idle.Token);
        var reader = context.Request.BodyReader;

        // A read that a token cancels would leave the server unable to drain the connection.
        await using var registration = ending.Token.UnsafeRegister(
            static state => ((PipeReader)state!).CancelPendingRead(), reader);
        var lines = new LineReader(ingest);
        try
        {
            while (true)
            {
                idle.CancelAfter(_idle);
                var pending = reader.ReadAsync(CancellationToken.None);
                if (!pending.IsCompleted && ingest.CanFlushNow)
                {
                    await ingest.FlushAsync(ending.Token);
                }

                var read = await pending;
                if (read.IsCanceled)
                {
                    throw WhyEnded(idle.IsCancellationRequested, context.RequestAborted);
                }

                await TakeAsync(reader, read, lines, ingest, ending.Token);
                if (read.IsCompleted)
                {
                    return await ingest.FinishAsync(ending.Token);
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            throw WhyEnded(idle.IsCancellationRequested, context.RequestAborted);
        }
        finally
        {
            await ingest.SettleAsync();
        }
    }

    /// <summary>Takes the whole lines of what was read, a batch at a time.</summary>
    private static async Task TakeAsync(
        PipeReader reader, ReadResult read, LineReader lines, FollowIngest ingest, CancellationToken cancellationToken)
    {
        var rest = read.Buffer;
        while (lines.Take(ref rest, read.IsCompleted))
        {
            if (ingest.IsFull)
            {
                await ingest.FlushAsync(cancellationToken);
            }
        }

        reader.AdvanceTo(rest.Start, rest.End);
    }

    private static Exception WhyEnded(bool isIdle, CancellationToken aborted) =>
        aborted.IsCancellationRequested ? new OperationCanceledException(aborted)
        : isIdle ? new ApiException(new ApiError(
            ErrorMap.DeadlineExceeded,
            "The stream paused for too long; which of the last follows were applied is unknown: send them again."))
        : new ApiException(FollowerServiceV1.Stopping);

    /// <summary>
    /// Splits the body into lines. Keeps only the line's number, and whether a line that is too long is being skipped.
    /// </summary>
    private sealed class LineReader(FollowIngest ingest)
    {
        private long _number;
        private bool _skipping;
        private bool _hasBegun;

        /// <summary>Takes lines until the batch is full; <c>false</c> when the rest holds no whole line.</summary>
        public bool Take(ref ReadOnlySequence<byte> rest, bool isLast)
        {
            if (!_hasBegun && !(_hasBegun = SkipMark(ref rest, isLast)))
            {
                return false;
            }

            while (rest.PositionOf((byte)'\n') is { } end)
            {
                TakeOne(rest.Slice(0, end));
                rest = rest.Slice(rest.GetPosition(1, end));
                if (ingest.IsFull)
                {
                    return true;
                }
            }

            if (isLast && (!rest.IsEmpty || _skipping))
            {
                TakeOne(rest);
                rest = rest.Slice(rest.End);
            }
            else if (rest.Length > LongestLine + 1)
            {
                // Too long already: drop it and skip to the line's end, so that memory stays constant.
                _skipping = true;
                rest = rest.Slice(rest.End);
            }

            return false;
        }

        /// <summary>
        /// Skips a byte order mark, with which some programs begin a file; <c>false</c> while it is not all there.
        /// </summary>
        private static bool SkipMark(ref ReadOnlySequence<byte> rest, bool isLast)
        {
            var mark = "\uFEFF"u8;
            if (rest.Length < mark.Length)
            {
                return isLast;
            }

            Span<byte> beginning = stackalloc byte[3];
            rest.Slice(0, mark.Length).CopyTo(beginning);
            if (beginning.SequenceEqual(mark))
            {
                rest = rest.Slice(mark.Length);
            }

            return true;
        }

        private void TakeOne(ReadOnlySequence<byte> line)
        {
            _number++;
            if (!line.IsEmpty && line.Slice(line.Length - 1).FirstSpan[0] == '\r')
            {
                line = line.Slice(0, line.Length - 1);
            }

            if (_skipping || line.Length > LongestLine)
            {
                _skipping = false;
                ingest.Refuse(_number, RefusalReason.TooLarge, $"line must be at most {LongestLine} bytes");
            }
            else if (line.IsEmpty)
            {
                // A blank line is no error; it counts as a line.
            }
            else if (FollowLine.Read(line, out var account, out var follower, out var follows) is { } rule)
            {
                ingest.Refuse(_number, RefusalReason.InvalidArgument, $"line {rule}");
            }
            else
            {
                ingest.Take(_number, account, follower, follows);
            }
        }
    }
}
