using System.Globalization;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;

namespace AccountGrid.JsonContract;

/// <summary>
/// Checks path, query and body of one JSON endpoint against its proto before transcoding reads them, because
/// transcoding ignores what it does not know and names no field in its errors. Only the form is checked; what a value
/// means is checked by the method, for gRPC too. Made once for each endpoint; thread-safe.
/// </summary>
/// <param name="transcoding">The endpoint's transcoding.</param>
/// <param name="mostBytes">The largest body, in bytes.</param>
/// <param name="refuse">Records a refusal, to be answered once <see cref="CheckAsync"/> is done.</param>
public sealed class RequestContract(
    GrpcJsonTranscodingMetadata transcoding, int mostBytes, Action<HttpContext, ContractFault> refuse)
{
    private readonly MessageShape _shape = MessageShape.Of(transcoding.MethodDescriptor.InputType);
    private readonly bool _hasBody = transcoding.HttpRule.Body == "*";

    /// <summary>Checks a request, and either refuses it or passes it on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">Handles a request that fits.</param>
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var violations = default(FieldViolations);
        CheckRoute(context.Request.RouteValues, ref violations);
        if (context.Request.QueryString.HasValue)
        {
            CheckQuery(context.Request, ref violations);
        }

        return _hasBody ? CheckBodyAsync(context, next, violations) : FinishAsync(context, next, violations);
    }

    private Task FinishAsync(HttpContext context, RequestDelegate next, FieldViolations violations)
    {
        if (violations.Found is not { } found)
        {
            return next(context);
        }

        refuse(context, new ContractFault(found));
        return Task.CompletedTask;
    }

    private void CheckRoute(RouteValueDictionary values, ref FieldViolations violations)
    {
        foreach (var (name, value) in values)
        {
            if (value is string text && _shape.Find(name) is { } field)
            {
                MessageShape.CheckText(field, text, ref violations);
            }
        }
    }

    private void CheckQuery(HttpRequest request, ref FieldViolations violations)
    {
        foreach (var (name, values) in request.Query)
        {
            if (_hasBody || _shape.Find(name) is not { } field
                || field.FieldType == FieldType.Message || request.RouteValues.ContainsKey(field.Name))
            {
                violations.Add(name, "is no query parameter of this address");
            }
            else if (values.Count != 1 && !field.IsRepeated)
            {
                violations.Add(field.JsonName, "is given twice");
            }
            else
            {
                foreach (var value in values)
                {
                    MessageShape.CheckText(field, value ?? "", ref violations);
                }
            }
        }
    }

    private async Task CheckBodyAsync(HttpContext context, RequestDelegate next, FieldViolations violations)
    {
        if (!ContentEncodings.IsIdentity(context.Request.Headers.ContentEncoding))
        {
            var rule = new FieldViolation(ContentEncodings.Field, "must be identity: send the body uncompressed");
            refuse(context, new ContractFault([rule], IsWrongEncoding: true));
            return;
        }

        if (context.Request.ContentType is { } type && !IsJson(type))
        {
            violations.Add("content-type", "must be application/json in UTF-8");
        }
        else if (await ReadBodyAsync(context) is { } body)
        {
            CheckBody(body, context.Request.RouteValues, ref violations);
            body.Position = 0;
            context.Request.Body = body;
            context.Request.ContentType ??= "application/json";
        }
        else
        {
            var limit = new FieldViolation(
                "body", string.Create(CultureInfo.InvariantCulture, $"must be at most {mostBytes} bytes"));
            refuse(context, new ContractFault([limit], IsTooLarge: true));
            return;
        }

        await FinishAsync(context, next, violations);
    }

    private void CheckBody(MemoryStream body, RouteValueDictionary path, ref FieldViolations violations)
    {
        // No body means an empty one.
        if (body.Length == 0)
        {
            body.Write("{}"u8);
        }

        try
        {
            _shape.CheckJson(body.GetBuffer().AsMemory(0, (int)body.Length), path, ref violations);
        }
        catch (JsonException exception)
        {
            violations.Add("body", string.Create(
                CultureInfo.InvariantCulture,
                $"is not JSON of at most {MessageShape.Depth} levels "
                + $"(line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})"));
        }
        catch (InvalidOperationException)
        {
            violations.Add("body", "holds text that is not valid Unicode");
        }
    }

    /// <summary>
    /// The whole body, or <c>null</c> if it is too large. CancelPendingRead ends the wait, because a read that a token
    /// cancels leaves the server unable to drain the connection.
    /// </summary>
    private async Task<MemoryStream?> ReadBodyAsync(HttpContext context)
    {
        if (context.Request.ContentLength > mostBytes)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        var buffer = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await using var registration = context.RequestAborted.UnsafeRegister(
            static state => ((PipeReader)state!).CancelPendingRead(), reader);
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
