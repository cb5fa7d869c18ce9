using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Requests;
using AccountGrid.Gateway.Services;
using AccountGrid.Gateway.Validation;
using Microsoft.Extensions.Primitives;

namespace AccountGrid.Gateway.Http;

/// <summary>
/// <c>GET /v1/events</c>: changes as server-sent events. The id of every event is its position; a browser that
/// reconnects sends the last one as <c>Last-Event-ID</c> and continues after it. While nothing happens an event
/// <c>ping</c> carries the position.
/// </summary>
internal sealed class EventsEndpoint(EventFeed feed)
{
    private const string LastEventId = "Last-Event-ID";
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    /// <summary>Handles one stream.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var caller = (CallerIdentity)context.User.Identity!;
        try
        {
            var order = Read(context.Request);
            var from = await feed.BeginAsync(
                order,
                context.Request.Headers.ContainsKey(LastEventId) ? LastEventId : "afterPosition",
                context.RequestAborted);

            // The first step is taken before the answer begins, so that a refusal still sets the status.
            var steps = feed.ReadAsync(caller, order, from, context.RequestAborted).GetAsyncEnumerator(
                context.RequestAborted);
            await using (steps)
            {
                await steps.MoveNextAsync();
                await TypedResults.ServerSentEvents(ItemsAsync(steps, context.RequestAborted)).ExecuteAsync(context);
            }
        }
        catch (ApiException refused)
        {
            // A stream that has begun just ends; the client reconnects and is refused then.
            RequestState.Of(context).Refuse(refused.Error);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> ItemsAsync(
        IAsyncEnumerator<FeedStep> steps, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isFirst = true;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (position, happened, _) = steps.Current;
            yield return new SseItem<string>(
                happened is null ? "{}" : ProtoJson.Format(happened), happened is null ? "ping" : "event")
            {
                EventId = position.ToString(CultureInfo.InvariantCulture),
                ReconnectionInterval = isFirst ? Reconnect : null,
            };
            isFirst = false;
        }
        while (await steps.MoveNextAsync());
    }

    private static WatchOrder Read(HttpRequest request)
    {
        var checks = default(FieldChecks);
        long? after = null;
        var accounts = new List<long>();
        foreach (var (name, values) in request.Query)
        {
            switch (name)
            {
                case "afterPosition" or "after_position":
                    after = PositionOf(ref checks, "afterPosition", values);
                    break;
                case "accounts":
                    foreach (var value in values)
                    {
                        accounts.Add(
                            long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0);
                    }

                    break;
                default:
                    checks.Add(name, "is no query parameter of this address");
                    break;
            }
        }

        // A browser that reconnects adds this to the address of its first request, so it takes precedence.
        if (request.Headers[LastEventId] is { Count: > 0 } last)
        {
            after = PositionOf(ref checks, LastEventId, last);
        }

        var order = WatchOrders.Check(ref checks, after, accounts);
        checks.ThrowIfAny();
        return order;
    }

    private static long? PositionOf(ref FieldChecks checks, string field, StringValues values)
    {
        if (values.Count == 1
            && long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return position;
        }

        checks.Add(field, "must be a position that an event carried, or 0");
        return null;
    }
}
