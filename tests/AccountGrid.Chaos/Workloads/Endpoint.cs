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
    private TaskCompletionSource _changed = New();
    private Endpoint? _endpoint;
    private bool _open = true;
    private int _underWay;

    /// <summary>Waits until there is an address and the gate is open, and takes a place among the attempts under way.</summary>
    public async Task<Endpoint> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_open && _endpoint is not null)
                {
                    _underWay++;
                    return _endpoint;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>An attempt is over.</summary>
    public void Leave() => Change(() => _underWay--);

    /// <summary>A new life of the process takes calls.</summary>
    public void Publish(Endpoint endpoint) => Change(() => _endpoint = endpoint);

    /// <summary>The process is dead: attempts wait for the next one.</summary>
    public void Withdraw() => Change(() => _endpoint = null);

    /// <summary>Holds further attempts back and waits until none is under way.</summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        Change(() => _open = false);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_underWay == 0)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Lets attempts go on.</summary>
    public void Open() => Change(() => _open = true);

    /// <summary>Completes with the next change, so that a client that was turned away looks again no later than that.</summary>
    public Task NextChange()
    {
        lock (_lock)
        {
            return _changed.Task;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource before;
        lock (_lock)
        {
            change();
            before = _changed;
            _changed = New();
        }

        before.SetResult();
    }
}
