using AccountGrid.Domain;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Errors;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Gateway.Validation;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Changes follow edges, one by one or as a stream. Stateless.</summary>
internal sealed class FollowerServiceV1(
    GrainCalls grains, FollowIngests ingests, StreamSlots slots, IHostApplicationLifetime lifetime)
    : V1.FollowerService.FollowerServiceBase
{
    /// <inheritdoc/>
    public override async Task<V1.PutFollowerResponse> PutFollower(
        V1.PutFollowerRequest request, ServerCallContext context)
    {
        var reply = await FollowAsync(request.Account, request.Follower, follows: true, context);
        return new V1.PutFollowerResponse { Changed = reply.Changed > 0, Followers = CountOf(reply) };
    }

    /// <inheritdoc/>
    public override async Task<V1.DeleteFollowerResponse> DeleteFollower(
        V1.DeleteFollowerRequest request, ServerCallContext context)
    {
        var reply = await FollowAsync(request.Account, request.Follower, follows: false, context);
        return new V1.DeleteFollowerResponse { Changed = reply.Changed > 0, Followers = CountOf(reply) };
    }

    /// <inheritdoc/>
    public override async Task<V1.IngestFollowsResponse> IngestFollows(
        IAsyncStreamReader<V1.IngestFollowsRequest> requestStream, ServerCallContext context)
    {
        var caller = context.Identity();
        using var slot = slots.Take(caller.Subject);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        var ingest = ingests.Begin(caller);
        try
        {
            long line = 0;
            while (true)
            {
                var next = requestStream.MoveNext(ending.Token);
                if (!next.IsCompleted && ingest.CanFlushNow)
                {
                    await ingest.FlushAsync(ending.Token);
                }

                if (!await next)
                {
                    return await ingest.FinishAsync(ending.Token);
                }

                line = await TakeAsync(ingest, requestStream.Current, line, ending.Token);
            }
        }
        catch (OperationCanceledException) when (
            lifetime.ApplicationStopping.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw new ApiException(Stopping);
        }
        finally
        {
            await ingest.SettleAsync();
        }
    }

    /// <summary>The error that ends a stream when the server stops.</summary>
    internal static ApiError Stopping { get; } = ApiError.Of(
        RefusalReason.StorageUnavailable,
        "The server is stopping; which of the last follows were applied is unknown: send them again.",
        field: null,
        TimeSpan.FromSeconds(1));

    private static async Task<long> TakeAsync(
        FollowIngest ingest, V1.IngestFollowsRequest message, long line, CancellationToken cancellationToken)
    {
        if (message.Follows.Count > Limits.FollowBatch)
        {
            throw new ApiException(
                ApiError.Of(Refusal.TooLarge("follows", $"must be at most {Limits.FollowBatch} in one message")));
        }

        foreach (var follow in message.Follows)
        {
            line++;
            if (follow.Op is V1.Follow.Types.Op.Follow or V1.Follow.Types.Op.Unfollow)
            {
                ingest.Take(line, follow.Account, follow.Follower, follow.Op == V1.Follow.Types.Op.Follow);
            }
            else
            {
                ingest.Refuse(line, RefusalReason.InvalidArgument, "op must be FOLLOW or UNFOLLOW");
            }

            if (ingest.IsFull)
            {
                await ingest.FlushAsync(cancellationToken);
            }
        }

        return line;
    }

    private async Task<FollowReply> FollowAsync(long account, long follower, bool follows, ServerCallContext context)
    {
        var checks = default(FieldChecks);
        checks.Id("account", account);
        checks.Id("follower", follower);
        checks.ThrowIfAny();
        var reply = await grains.FollowAsync(
            account, [new FollowInput(follower, follows)], context.Identity().Caller, context.CancellationToken);
        return reply.Refusal is null ? reply : throw GrainCalls.Refused(reply.Refusal);
    }

    private static V1.FollowerCount? CountOf(FollowReply reply) =>
        reply.Followers is { } followers ? AccountMapping.ToProto(followers) : null;
}
