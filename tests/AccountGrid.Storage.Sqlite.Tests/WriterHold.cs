namespace AccountGrid.Storage.Sqlite.Tests;

/// <summary>
/// Keeps the writer busy until it is disposed, so that what is queued meanwhile becomes the next transactions.
/// </summary>
internal sealed class WriterHold : IAsyncDisposable
{
    private readonly Operation _operation = new();
    private readonly Task<bool> _done;

    private WriterHold(SqliteStore store) => _done = store.Writer.WriteAsync(_operation);

    /// <summary>Returns once the writer is held.</summary>
    public static async Task<WriterHold> OnAsync(SqliteStore store)
    {
        var hold = new WriterHold(store);
        await hold._operation.Begun.Task.WaitAsync(TimeSpan.FromSeconds(10));
        return hold;
    }

    public async ValueTask DisposeAsync()
    {
        _operation.Release.Set();
        await _done;
    }

    private sealed class Operation : DatabaseWrite<bool>
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ManualResetEventSlim Release { get; } = new();

        public override int Rows => 1;

        public override string What => "Holding the writer";

        public override void Execute(WriteSession session)
        {
            Begun.TrySetResult();
            Release.Wait(TimeSpan.FromSeconds(30));
        }
    }
}

/// <summary>Runs a piece of a test inside the writer's transaction.</summary>
internal sealed class Custom(Action<Database> execute) : DatabaseWrite<bool>
{
    public int Executions { get; private set; }

    public override int Rows => 1;

    public override string What => "A test";

    public override void Execute(WriteSession session)
    {
        Executions++;
        execute(session.Database);
    }
}
