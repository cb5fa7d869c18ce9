using System.Net;
using AccountGrid.Gateway.Errors;
using AccountGrid.JsonContract;

namespace AccountGrid.Gateway.Requests;

/// <summary>
/// With the development key, requests are served for the names of this machine only. A page of another name that a
/// name server leads to a loopback address (DNS rebinding) could otherwise read answers in a browser. Thread-safe.
/// </summary>
internal sealed class HostNames
{
    private string? _lastServed;

    /// <summary>Refuses a request for another name.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Nearly every request names the same host as the one before.
        var host = context.Request.Host;
        if (host.Value == _lastServed)
        {
            return next(context);
        }

        if (IsServed(host.Host))
        {
            _lastServed = host.Value;
            return next(context);
        }

        var rule = new FieldViolation(
            "host", "must be localhost or a loopback address, because the development key is in force");
        RequestState.Of(context).Refuse(
            new ApiError(ErrorMap.WrongHost, $"{rule.Field} {rule.Rule}") { Violations = [rule] });
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether a host's name means this machine. None at all is an old client's and no browser's. The configured
    /// address is a loopback address, too: the host does not start on another one with the development key.
    /// </summary>
    internal static bool IsServed(string? name) =>
        string.IsNullOrEmpty(name)
        || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
}
