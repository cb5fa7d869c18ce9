using System.Diagnostics;
using System.IO.Pipelines;
using AccountGrid.Gateway.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// One request's watch over its answer: stamps the trace id, remembers how it ended, and (JSON only) keeps bodies that other parts write for a status of 400 or more
/// from going out, so that <see cref="UniformErrorMiddleware"/> can write the one shape instead. It works because those parts
/// set the status before they ask for the body. One object per request, because this is on the path of every read.
/// </summary>
internal sealed class AnswerGuard : IHttpResponseBodyFeature
{
    private readonly HttpContext _context;
    private readonly IHttpResponseBodyFeature _inner;
    private string _traceId;
    private PipeWriter? _swallowed;
    private bool _written;

    public AnswerGuard(HttpContext context, IHttpResponseBodyFeature inner, bool isGrpc)
    {
        _context = context;
        _inner = inner;
        IsGrpc = isGrpc;
        _traceId = Activity.Current!.TraceId.ToHexString();

        // At the last moment: the timeout middleware clears headers that were set before it.
        context.Response.OnStarting(static state => ((AnswerGuard)state).Stamp(), this);
    }

    /// <summary>Whether the caller speaks gRPC; then what others write goes out as it is.</summary>
    public bool IsGrpc { get; }

    /// <summary>The method's meter; <c>null</c> until its gate is reached.</summary>
    public MethodMeter? Meter { get; set; }

    /// <summary>The request's span, whose trace the answer then names; <c>null</c> where it is not recorded.</summary>
    public Activity? Span
    {
        get;
        set
        {
            field = value;
            _traceId = value?.TraceId.ToHexString() ?? _traceId;
        }
    }

    /// <summary>The method's time limit; <c>null</c> where it has none.</summary>
    public RequestDeadline? Deadline { get; set; }

    /// <summary>The reason of the error that was answered; <c>null</c> for none.</summary>
    public string? Reason { get; set; }

    /// <summary>The error that a service method ended with, to be written once the method's own layers are done.</summary>
    public ApiError? Pending { get; set; }

    /// <summary>Whether what is written is already ours.</summary>
    public bool IsWritten => _written;

    /// <inheritdoc/>
    public Stream Stream => Swallows ? Swallowed.AsStream(leaveOpen: true) : _inner.Stream;

    /// <inheritdoc/>
    public PipeWriter Writer => Swallows ? Swallowed : _inner.Writer;

    private bool Swallows => _swallowed is not null || (!IsGrpc && _context.Response.StatusCode >= 400 && !_written && !_context.Response.HasStarted);

    private PipeWriter Swallowed => _swallowed ??= PipeWriter.Create(Stream.Null);

    /// <summary>The guard of a request.</summary>
    public static AnswerGuard Of(HttpContext context) => (AnswerGuard)context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();

    /// <summary>From here on the body is ours and goes out.</summary>
    public void MarkWritten()
    {
        _written = true;
        _swallowed = null;
    }

    /// <inheritdoc/>
    public Task CompleteAsync() => Swallows ? Task.CompletedTask : _inner.CompleteAsync();

    /// <inheritdoc/>
    public void DisableBuffering() => _inner.DisableBuffering();

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        _inner.SendFileAsync(path, offset, count, cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => Swallows ? Task.CompletedTask : _inner.StartAsync(cancellationToken);

    private Task Stamp()
    {
        _context.Response.Headers["trace-id"] = _traceId;
        return Task.CompletedTask;
    }
}
