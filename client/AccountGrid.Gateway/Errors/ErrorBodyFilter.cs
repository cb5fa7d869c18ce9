using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace AccountGrid.Gateway.Errors;

/// <summary>
/// Discards the body of a JSON answer with a status of 400 or more, so that <see cref="ErrorWriter"/> can write the one
/// shape of error instead. It works because whatever writes such a body sets the status first.
/// </summary>
internal sealed class ErrorBodyFilter(HttpResponse response, IHttpResponseBodyFeature inner) : IHttpResponseBodyFeature
{
    private PipeWriter? _discarded;

    /// <inheritdoc/>
    public Stream Stream => Discards ? Discarded.AsStream(leaveOpen: true) : inner.Stream;

    /// <inheritdoc/>
    public PipeWriter Writer => Discards ? Discarded : inner.Writer;

    private bool Discards => _discarded is not null || (response.StatusCode >= 400 && !response.HasStarted);

    private PipeWriter Discarded => _discarded ??= PipeWriter.Create(Stream.Null);

    /// <inheritdoc/>
    public Task CompleteAsync() => Discards ? Task.CompletedTask : inner.CompleteAsync();

    /// <inheritdoc/>
    public void DisableBuffering() => inner.DisableBuffering();

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        inner.SendFileAsync(path, offset, count, cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) =>
        Discards ? Task.CompletedTask : inner.StartAsync(cancellationToken);
}
