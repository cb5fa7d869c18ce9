using System.Collections.Immutable;
using Grpc.Core;

namespace AccountGrid.Chaos.Workloads;

/// <summary>Where a client sends its next attempt.</summary>
/// <param name="Incarnation">Which life stands behind it, from 1: of the process, or, of a cluster, the time between
/// two moments at which nothing was under way.</param>
/// <param name="Invoker">What generated clients want.</param>
/// <param name="Name">Which gateway it is, for a person.</param>
internal sealed record Endpoint(int Incarnation, CallInvoker Invoker, string Name = "");

/// <summary>
/// The clients' way to the grid: the addresses that take calls, each in its place, and a gate that holds attempts back
/// while nobody may act. Thread-safe.
/// </summary>
internal sealed class Connection
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _moved = New();
    private TaskCompletionSource _quiet = New();
    private ImmutableSortedDictionary<int, Endpoint> _endpoints = ImmutableSortedDictionary<int, Endpoint>.Empty;
    private bool _open = true;
    private int _underWay;

    /// <summary>
    /// Waits until there is an address and the gate is open, and takes a place among the attempts under way.
    /// </summary>
    /// <param name="turn">Which address, modulo their number: a client that was turned away takes the next.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Endpoint> EnterAsync(int turn, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_open && !_endpoints.IsEmpty)
                {
                    if (_underWay++ == 0)
                    {
                        _quiet = New();
                    }

                    return _endpoints.ElementAt(turn % _endpoints.Count).Value;
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

    /// <summary>A new life of a process takes calls.</summary>
    public void Publish(Endpoint endpoint, int place = 0) =>
        Move(() => _endpoints = _endpoints.SetItem(place, endpoint));

    /// <summary>Nothing goes there any more; where there is no other address, attempts wait for the next one.</summary>
    public void Withdraw(int place = 0) => Move(() => _endpoints = _endpoints.Remove(place));

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

    /// <summary>
    /// Completes when the address or the gate moves, so that a client that was turned away looks again no later than
    /// that.
    /// </summary>
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
