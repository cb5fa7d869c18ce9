using System.Globalization;
using AccountGrid.Gateway.Validation;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Changes as they commit, over gRPC. Stateless.</summary>
internal sealed class EventServiceV1(EventFeed feed, TimeProvider clock) : V1.EventService.EventServiceBase
{
    /// <inheritdoc/>
    public override async Task WatchEvents(
        V1.WatchEventsRequest request,
        IServerStreamWriter<V1.WatchEventsResponse> responseStream,
        ServerCallContext context)
    {
        var began = clock.GetTimestamp();
        var checks = default(FieldChecks);
        var order = WatchOrders.Check(
            ref checks,
            request.HasAfterPosition ? request.AfterPosition : null,
            request.Accounts,
            request.ProgressInterval);
        checks.ThrowIfAny();
        var from = await feed.BeginAsync(order, "afterPosition", context.CancellationToken);

        var hasBegun = false;
        await foreach (var step in feed.ReadAsync(context.Identity(), order, from, context.CancellationToken))
        {
            if (!hasBegun)
            {
                // The headers tell the client its position before the first event. After the first step, because that
                // may refuse.
                await context.WriteResponseHeadersAsync(
                    new Metadata { { "position", step.Position.ToString(CultureInfo.InvariantCulture) } });
                hasBegun = true;
            }

            if (step.Event is { } happened)
            {
                await responseStream.WriteAsync(happened, context.CancellationToken);
            }
            else if (step.CompleteAt is { } complete)
            {
                // As a duration on this process's monotonic clock, which a client can add to its own.
                var progress = new V1.WatchEventsResponse
                {
                    Position = step.Position,
                    CompleteThrough = Duration.FromTimeSpan(clock.GetElapsedTime(began, complete)),
                };
                await responseStream.WriteAsync(progress, context.CancellationToken);
            }
        }
    }
}
