using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>
/// An error as a client sees it, read from either protocol and held to the promises that every error keeps.
/// </summary>
public sealed record WireError
{
    /// <summary>The canonical code, which both protocols carry.</summary>
    public required StatusCode Code { get; init; }

    /// <summary>Absent over gRPC.</summary>
    public HttpStatusCode? HttpStatus { get; init; }

    /// <summary>The stable reason of ErrorInfo.</summary>
    public required string Reason { get; init; }

    /// <summary>The sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>The fields at fault, in the answer's order.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The delay of RetryInfo.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>The Retry-After header, in seconds.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Reads the error of a call through a generated client.</summary>
    public static WireError From(RpcException exception)
    {
        if (exception is JsonFailure failure)
        {
            return failure.Error;
        }

        var status = exception.GetRpcStatus();
        Assert.True(status is not null, $"The error has no details: {exception.Status}");
        var info = status.GetDetail<ErrorInfo>();
        Assert.NotNull(info);
        Assert.Equal("accountgrid", info.Domain);
        Assert.Equal((int)exception.StatusCode, status.Code);
        return Kept(new WireError
        {
            Code = exception.StatusCode,
            Reason = info.Reason,
            Message = exception.Status.Detail,
            Fields = [.. status.GetDetail<BadRequest>()?.FieldViolations.Select(v => v.Field) ?? []],
            RetryDelay = status.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan(),
        });
    }

    /// <summary>Reads the error of an HTTP call.</summary>
    public static async Task<WireError> FromAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode >= 400, $"No error but {(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(response.Headers.GetValues("trace-id")));
        using var document = JsonDocument.Parse(text);
        var root = document.RootElement;
        var details = root.GetProperty("details").EnumerateArray()
            .ToDictionary(d => d.GetProperty("@type").GetString()!["type.googleapis.com/google.rpc.".Length..]);
        Assert.Equal("accountgrid", details["ErrorInfo"].GetProperty("domain").GetString());
        return Kept(new WireError
        {
            Code = (StatusCode)root.GetProperty("code").GetInt32(),
            HttpStatus = response.StatusCode,
            Reason = details["ErrorInfo"].GetProperty("reason").GetString()!,
            Message = root.GetProperty("message").GetString()!,
            Fields = details.TryGetValue("BadRequest", out var bad)
                ? [.. bad.GetProperty("fieldViolations").EnumerateArray()
                    .Select(v => v.GetProperty("field").GetString()!)]
                : [],
            RetryDelay = details.TryGetValue("RetryInfo", out var retry)
                ? TimeSpan.FromSeconds(
                    double.Parse(retry.GetProperty("retryDelay").GetString()!.TrimEnd('s'),
                        System.Globalization.CultureInfo.InvariantCulture))
                : null,
            RetryAfter = response.Headers.RetryAfter?.Delta is { } delta ? (int)delta.TotalSeconds : null,
        });
    }

    /// <summary>Never an internal.</summary>
    private static WireError Kept(WireError error)
    {
        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Google.Protobuf", error.Message, StringComparison.Ordinal);
        return error;
    }
}
