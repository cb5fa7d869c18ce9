using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Validation;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace AccountGrid.Gateway.Contract;

/// <summary>
/// Checks path, query and body of one JSON endpoint against its proto before transcoding reads them, because transcoding ignores what it does
/// not know and names no field in its errors. Only form is checked here: what a value must mean is checked behind it, for gRPC too. Made once per endpoint.
/// </summary>
internal sealed class RequestContract(GrpcJsonTranscodingMetadata transcoding, int mostBytes)
{
    private readonly MessageShape _shape = MessageShape.Of(transcoding.MethodDescriptor.InputType);
    private readonly bool _hasBody = transcoding.HttpRule.Body == "*";

    /// <summary>Checks, and goes on or answers.</summary>
    public Task CheckAsync(HttpContext context, RequestDelegate inner)
    {
        var checks = default(FieldChecks);
        CheckRoute(context.Request.RouteValues, ref checks);
        if (context.Request.QueryString.HasValue)
        {
            CheckQuery(context.Request, ref checks);
        }

        return _hasBody ? CheckBodyAsync(context, inner, checks)
            : checks.Error is { } error ? ErrorAnswer.WriteAsync(context, error)
            : inner(context);
    }

    private void CheckRoute(RouteValueDictionary values, ref FieldChecks checks)
    {
        foreach (var (name, value) in values)
        {
            if (value is string text && _shape.Find(name) is { } field)
            {
                MessageShape.CheckText(field, text, ref checks);
            }
        }
    }

    private void CheckQuery(HttpRequest request, ref FieldChecks checks)
    {
        foreach (var (name, values) in request.Query)
        {
            if (_hasBody || _shape.Find(name) is not { } field || field.FieldType == FieldType.Message || request.RouteValues.ContainsKey(field.Name))
            {
                checks.Add(name, "is no query parameter of this address");
            }
            else if (values.Count != 1 && !field.IsRepeated)
            {
                checks.Add(field.JsonName, "is given twice");
            }
            else
            {
                foreach (var value in values)
                {
                    MessageShape.CheckText(field, value ?? "", ref checks);
                }
            }
        }
    }

    private async Task CheckBodyAsync(HttpContext context, RequestDelegate inner, FieldChecks checks)
    {
        if (context.Request.ContentType is { } type && !IsJson(type))
        {
            checks.Add("content-type", "must be application/json in UTF-8");
        }
        else if (await ReadBodyAsync(context) is { } body)
        {
            CheckBody(body, context.Request.RouteValues, ref checks);
            body.Position = 0;
            context.Request.Body = body;
            context.Request.ContentType ??= "application/json";
        }
        else
        {
            await ErrorAnswer.WriteAsync(context, ApiError.Of(RefusalReason.TooLarge, $"body must be at most {mostBytes} bytes", "body", retryAfter: null));
            return;
        }

        await (checks.Error is { } error ? ErrorAnswer.WriteAsync(context, error) : inner(context));
    }

    private void CheckBody(MemoryStream body, RouteValueDictionary path, ref FieldChecks checks)
    {
        // No body says the same as an empty one.
        if (body.Length == 0)
        {
            body.Write("{}"u8);
        }

        try
        {
            _shape.CheckJson(body.GetBuffer().AsMemory(0, (int)body.Length), path, ref checks);
        }
        catch (JsonException exception)
        {
            checks.Add("body", $"is not JSON of at most {MessageShape.Depth} levels (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})");
        }
        catch (InvalidOperationException)
        {
            checks.Add("body", "holds text that is not valid Unicode");
        }
    }

    /// <summary>
    /// The whole body, or <c>null</c> if it is too large. The wait is broken off by CancelPendingRead and not by a token, because a read abandoned by
    /// token leaves the server unable to drain the connection.
    /// </summary>
    private async Task<MemoryStream?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > mostBytes)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        var buffer = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await using var registration = context.RequestAborted.UnsafeRegister(static state => ((PipeReader)state!).CancelPendingRead(), reader);
        while (true)
        {
            var read = await reader.ReadAsync(CancellationToken.None);
            foreach (var part in read.Buffer)
            {
                buffer.Write(part.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCanceled)
            {
                throw new OperationCanceledException(context.RequestAborted);
            }

            if (buffer.Length > mostBytes)
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return buffer;
            }
        }
    }

    private static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && "application/json".Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
        && (type.CharSet is null || "utf-8".Equals(type.CharSet.Trim('"'), StringComparison.OrdinalIgnoreCase));
}
