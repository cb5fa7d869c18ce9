namespace AccountGrid.Grains.Tests;

/// <summary>A test with a silo of its own.</summary>
public abstract class GridTest : IAsyncLifetime
{
    protected TestGrid Grid { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync() => Grid = await TestGrid.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Grid.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
