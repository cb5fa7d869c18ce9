using System.Globalization;
using AccountGrid.Gateway.Validation;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Changes as they commit, over gRPC. Stateless.</summary>
internal sealed class EventServiceV1(EventFeed feed) : V1.EventService.EventServiceBase
{
    /// <inheritdoc/>
    public override async Task WatchEvents(
        V1.WatchEventsRequest request, IServerStreamWriter<V1.WatchEventsResponse> responseStream, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        var order = WatchOrders.Check(ref checks, request.HasAfterPosition ? request.AfterPosition : null, request.Accounts);
        checks.ThrowIfAny();
        var from = await feed.BeginAsync(order, context.CancellationToken);

        var hasBegun = false;
        await foreach (var step in feed.ReadAsync(context.Identity(), order, from, context.CancellationToken))
        {
            if (!hasBegun)
            {
                // At once: the client knows that it watches, and from where, before anything happens. Not before the first step, because a watch that is refused begins nowhere.
                await context.WriteResponseHeadersAsync(new Metadata { { "position", step.Position.ToString(CultureInfo.InvariantCulture) } });
                hasBegun = true;
            }

            if (step.Event is { } happened)
            {
                await responseStream.WriteAsync(happened, context.CancellationToken);
            }
        }
    }
}
