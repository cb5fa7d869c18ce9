using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>Where a client sends its next attempt.</summary>
/// <param name="Incarnation">Which life of the process stands behind it, from 1.</param>
/// <param name="Invoker">What generated clients want.</param>
internal sealed record Endpoint(int Incarnation, CallInvoker Invoker);

/// <summary>
/// The clients' way to the grid: the address of the process that lives, and a gate that holds attempts back while nobody may act. Thread-safe.
/// </summary>
internal sealed class Connection
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = New();
    private TaskCompletionSource _quiet = New();
    private Endpoint? _endpoint;
    private bool _open = true;
    private int _underWay;

    /// <summary>Waits until there is an address and the gate is open, and takes a place among the attempts under way.</summary>
    public async Task<Endpoint> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_open && _endpoint is not null)
                {
                    if (_underWay++ == 0)
                    {
                        _quiet = New();
                    }

                    return _endpoint;
                }

                moved = _moved.Task;
            }

            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>An attempt is over.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_underWay == 0)
            {
                _quiet.TrySetResult();
            }
        }
    }

    /// <summary>A new life of the process takes calls.</summary>
    public void Publish(Endpoint endpoint) => Move(() => _endpoint = endpoint);

    /// <summary>The process is dead: attempts wait for the next one.</summary>
    public void Withdraw() => Move(() => _endpoint = null);

    /// <summary>Lets attempts go on.</summary>
    public void Open() => Move(() => _open = true);

    /// <summary>Holds further attempts back and waits until none is under way.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        Task quiet;
        lock (_lock)
        {
            _open = false;
            quiet = _underWay == 0 ? Task.CompletedTask : _quiet.Task;
        }

        await quiet.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when the address or the gate moves, so that a client that was turned away looks again no later than that.</summary>
    public Task NextMove()
    {
        lock (_lock)
        {
            return _moved.Task;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Move(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            before = _moved;
            _moved = New();
        }

        before.SetResult();
    }
}
