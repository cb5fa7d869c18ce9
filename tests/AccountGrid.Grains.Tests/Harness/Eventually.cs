namespace AccountGrid.Grains.Tests;

/// <summary>For what the cluster does by itself and signals nowhere: asks again, soon, within a bound.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"It never came about that {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
