using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Progress of a long transfer, on standard error: a bar on a terminal, nothing elsewhere.</summary>
internal static class ProgressLine
{
    /// <summary>Runs work that reports how much is done.</summary>
    /// <param name="output">The output of the command.</param>
    /// <param name="title">The name of the transfer.</param>
    /// <param name="total">How much there is; <c>null</c> = unknown.</param>
    /// <param name="work">Does the work. It is given a function that reports the amount done so far.</param>
    public static async Task<T> RunAsync<T>(Output output, string title, long? total, Func<Action<long>, Task<T>> work)
    {
        if (!output.ShowsProgress || output.IsJson)
        {
            return await work(static _ => { });
        }

        return await output.ErrorConsole.Progress()
            .AutoClear(true)
            .Columns(Columns(total is not null))
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(Markup.Escape(title), maxValue: total is > 0 ? total.Value : 1);
                task.IsIndeterminate = total is null;
                return await work(done =>
                {
                    if (total is null)
                    {
                        task.Description = $"{Markup.Escape(title)} {Show.Count(done)}";
                    }
                    else
                    {
                        task.Value = done;
                    }
                });
            });
    }

    private static ProgressColumn[] Columns(bool known) => known
        ? [new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()]
        : [new SpinnerColumn(), new TaskDescriptionColumn(), new ElapsedTimeColumn()];
}
