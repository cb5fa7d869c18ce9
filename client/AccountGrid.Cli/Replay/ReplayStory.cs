using AccountGrid.Client;

namespace AccountGrid.Cli.Replay;

/// <summary>
/// The whole story: acts in their order, tidying up whatever happens, and the two columns at the end.
/// </summary>
internal static class ReplayStory
{
    private static readonly TimeSpan TidyWithin = TimeSpan.FromSeconds(20);

    /// <summary>Tells it. Answers whether every step was as it must be.</summary>
    /// <param name="stage">The server, the people and the accounts.</param>
    /// <param name="own">
    /// The story's own silo, whose data goes away afterwards, so that an interrupted story leaves nothing to put back;
    /// <c>null</c> on a running server.
    /// </param>
    /// <param name="cancellationToken">Ends the story early.</param>
    public static async Task<ExitCode> TellAsync(Stage stage, OwnSilo? own, CancellationToken cancellationToken)
    {
        try
        {
            await LastWorkingDay.TellAsync(stage, cancellationToken);
            await OnePersonAlone.TellAsync(stage, cancellationToken);
            await AfterTheyLeft.TellAsync(stage, cancellationToken);
            await WhatWasQueued.TellAsync(stage, cancellationToken);
            await TwoPeople.TellAsync(stage, cancellationToken);
            await Aftermath.TellAsync(stage, cancellationToken);
            await AdminsLastDay.TellAsync(stage, cancellationToken);
            await StolenToken.TellAsync(stage, cancellationToken);
            await WeakenedSettings.TellAsync(stage, own, cancellationToken);
        }
        catch (StoryEndsException e)
        {
            stage.Tell.Remark(e.Message);
        }
        finally
        {
            if (!(own is not null && cancellationToken.IsCancellationRequested))
            {
                await TidyAsync(stage);
            }
        }

        if (!stage.Output.IsJson)
        {
            SideBySide.Write(stage);
        }

        stage.Tell.Closing();
        return stage.Tell.Failures == 0 ? ExitCode.Ok : ExitCode.CheckFailed;
    }

    // Also after Ctrl-C, so on a token of its own.
    private static async Task TidyAsync(Stage stage)
    {
        using var limit = new CancellationTokenSource(TidyWithin, stage.Clock);
        try
        {
            await CurtainFall.TellAsync(stage, limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AccountGridException)
        {
            stage.Output.Warn($"Not everything could be put back: {e.Message}");
        }
    }
}
