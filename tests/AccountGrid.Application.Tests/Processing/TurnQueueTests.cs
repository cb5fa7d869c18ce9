namespace AccountGrid.Application.Tests;

public sealed class TurnQueueTests
{
    [Fact]
    public Task Turns_go_in_order_of_arrival() => OneThread.RunAsync(async () =>
    {
        var queue = new TurnQueue(depth: 8, new WaitCount());
        var order = new List<int>();
        var first = (await queue.EnterAsync(false, Token))!.Value;
        var others = Enumerable.Range(1, 8).Select(Run).ToArray();
        first.Dispose();
        await Task.WhenAll(others);
        Assert.Equal(Enumerable.Range(1, 8), order);
        Assert.Equal(0, queue.Waiting);

        async Task Run(int number)
        {
            using var turn = await queue.EnterAsync(false, Token);
            await Task.Yield();
            order.Add(number);
        }
    });

    [Fact]
    public Task A_full_queue_refuses_at_once_but_a_reserved_place_is_there() => OneThread.RunAsync(async () =>
    {
        var queue = new TurnQueue(depth: 1, new WaitCount());
        var running = (await queue.EnterAsync(false, Token))!.Value;
        var waiting = queue.EnterAsync(false, Token).AsTask();
        var refused = queue.EnterAsync(false, Token);
        Assert.True(refused.IsCompletedSuccessfully);
        Assert.Null(await refused);
        var reserved = queue.EnterAsync(true, Token).AsTask();
        Assert.Equal(2, queue.Waiting);
        running.Dispose();
        (await waiting)!.Value.Dispose();
        (await reserved)!.Value.Dispose();
    });

    [Fact]
    public Task Cancellation_frees_the_place_and_skips_nobody() => OneThread.RunAsync(async () =>
    {
        var queue = new TurnQueue(depth: 2, new WaitCount());
        var running = (await queue.EnterAsync(false, Token))!.Value;
        using var cancellation = new CancellationTokenSource();
        var leaves = queue.EnterAsync(false, cancellation.Token).AsTask();
        var stays = queue.EnterAsync(false, Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.Equal(1, queue.Waiting);
        running.Dispose();
        (await stays)!.Value.Dispose();
        Assert.NotNull(await queue.EnterAsync(false, Token));
    });

    [Fact]
    public Task A_turn_handed_to_somebody_who_cancels_at_that_instant_is_passed_on() => OneThread.RunAsync(async () =>
    {
        var queue = new TurnQueue(depth: 2, new WaitCount());
        var running = (await queue.EnterAsync(false, Token))!.Value;
        using var cancellation = new CancellationTokenSource();
        var both = queue.EnterAsync(false, cancellation.Token).AsTask();
        var next = queue.EnterAsync(false, Token).AsTask();

        // Cancelled by another thread while this one holds the scheduler: the turn is handed over before the
        // cancellation can be seen.
        var canceller = new Thread(cancellation.Cancel);
        canceller.Start();
        canceller.Join();
        Assert.Equal(2, queue.Waiting);
        running.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => both);
        (await next)!.Value.Dispose();
        Assert.Equal(0, queue.Waiting);
    });

    [Fact]
    public Task Somebody_cancelled_before_asking_gets_no_turn() => OneThread.RunAsync(async () =>
    {
        var queue = new TurnQueue(depth: 1, new WaitCount());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => queue.EnterAsync(false, new CancellationToken(true)).AsTask());
        Assert.NotNull(await queue.EnterAsync(false, Token));
    });
}
