namespace AccountGrid.Client.Tests;

/// <summary>Waits for what no signal tells.</summary>
internal static class Until
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds, at most a minute.</summary>
    /// <param name="what">The condition in words, for the failure.</param>
    /// <param name="condition">Looked at again and again.</param>
    /// <param name="meanwhile">Done between two looks, such as moving a clock.</param>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, Action? meanwhile = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(AtMost);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"It never came that {what}.");
            meanwhile?.Invoke();
            await Task.Delay(LookEvery, CancellationToken.None);
        }
    }
}
