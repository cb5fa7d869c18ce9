using AccountGrid.V1;

namespace AccountGrid.Client;

/// <summary>Changes as they commit. Role: reader or staff. Thread-safe.</summary>
public sealed class EventsClient
{
    private readonly EventService.EventServiceClient _stub;
    private readonly CallPipeline _calls;

    internal EventsClient(EventService.EventServiceClient stub, CallPipeline calls)
    {
        _stub = stub;
        _calls = calls;
    }

    /// <summary>
    /// Changes of status, protection and proposals in commit order, for as long as they are read. When the stream
    /// breaks it is resumed behind the last change that was read: none is lost, none comes twice. It begins with the
    /// first change that is asked for.
    /// </summary>
    /// <param name="options">From where, and which accounts; <c>null</c> = all, from now on.</param>
    /// <exception cref="ArgumentException">An option breaks its rule.</exception>
    public AccountWatch WatchAsync(AccountWatchOptions? options = null)
    {
        options ??= new AccountWatchOptions();
        options.Validate();
        return new AccountWatch(NewStream(new EventStreamSettings
        {
            After = options.AfterPosition,
            Accounts = [.. options.Accounts],
            Progress = options.ProgressInterval,
            GivesUpUnconnected = true,
        }));
    }

    internal EventStream NewStream(EventStreamSettings settings) => new(_stub, _calls, settings);
}
