using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace AccountGrid.Gateway.Errors;

/// <summary>Writes an <see cref="ApiError"/>: as JSON, or as a gRPC answer of headers only.</summary>
internal static class ErrorWriter
{
    /// <summary>Writes the error as the answer, which has not begun.</summary>
    public static Task WriteAsync(HttpContext context, ApiError error, bool isGrpc)
    {
        var response = context.Response;
        response.Headers.ContentLength = null;
        if (isGrpc && HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            WriteGrpcHeaders(response, error);
            return Task.CompletedTask;
        }

        response.StatusCode = error.Kind.HttpStatus;
        response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } delay)
        {
            response.Headers.RetryAfter = WholeSeconds(delay);
        }

        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.WriteAsync(error.ToJson());
    }

    /// <summary>Puts status, message and details where a gRPC client looks when there is no body.</summary>
    private static void WriteGrpcHeaders(HttpResponse response, ApiError error)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)error.Kind.Code).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = PercentEncode(error.Message);
        var details = Convert.ToBase64String(error.ToStatus().ToByteArray());
        response.Headers["grpc-status-details-bin"] = details.TrimEnd('=');
    }

    /// <summary>HTTP has whole seconds only: rounded up, at least one.</summary>
    private static string WholeSeconds(TimeSpan delay) =>
        Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static string PercentEncode(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            _ = b is >= 0x20 and <= 0x7e and not (byte)'%'
                ? result.Append((char)b)
                : result.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }
}
