using AccountGrid.Domain;
using AccountGrid.Gateway.Errors;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Limits the open streams of each subject, and of all together. Thread-safe.
/// </summary>
internal sealed class StreamSlots(IOptions<GatewayOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _bySubject = new(StringComparer.Ordinal);
    private readonly int _most = options.Value.Limits.MaxStreams;
    private readonly int _mostPerSubject = options.Value.Limits.MaxStreamsPerSubject;
    private int _open;

    /// <summary>Takes a slot until the result is disposed.</summary>
    /// <exception cref="ApiException">All slots are taken.</exception>
    public IDisposable Take(string subject)
    {
        lock (_gate)
        {
            var own = _bySubject.GetValueOrDefault(subject);
            if (_open >= _most || own >= _mostPerSubject)
            {
                throw new ApiException(
                    ApiError.Of(Refusal.Overloaded("The number of open streams", TimeSpan.FromSeconds(5))));
            }

            _open++;
            _bySubject[subject] = own + 1;
        }

        return new Slot(this, subject);
    }

    private void Release(string subject)
    {
        lock (_gate)
        {
            _open--;
            if (--_bySubject[subject] == 0)
            {
                _bySubject.Remove(subject);
            }
        }
    }

    private sealed class Slot(StreamSlots owner, string subject) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                owner.Release(subject);
            }
        }
    }
}
