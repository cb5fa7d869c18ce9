using System.Collections.Immutable;

namespace AccountGrid.Chaos.Nemeses;

/// <summary>What is done to the process.</summary>
internal enum Blow
{
    /// <summary>SIGKILL at some moment.</summary>
    AtAnyMoment,

    /// <summary>SIGKILL on the heels of an acknowledged command, before its client does anything else.</summary>
    AfterAcknowledgedCommand,

    /// <summary>SIGKILL on the heels of an acknowledged follow.</summary>
    AfterAcknowledgedFollow,

    /// <summary>SIGKILL in the middle of a big ingest.</summary>
    DuringIngest,

    /// <summary>SIGKILL as soon as the checkpoint log grows.</summary>
    DuringCheckpoint,

    /// <summary>SIGKILL, and a torn last line in the checkpoint log as a power cut would leave it.</summary>
    TornCheckpointLog,

    /// <summary>Death inside a write to the write-ahead log, of which only the first part reaches the file.</summary>
    TornWrite,

    /// <summary>SIGKILL, then SIGKILL again before the next life is ready.</summary>
    DuringStart,
}

/// <summary>One round.</summary>
/// <param name="Blow">What.</param>
/// <param name="Answers">After how many more answers to the clients: work, not time, so that a slow machine does as
/// much.</param>
/// <param name="Fraction">From 0 to 1: where in the moment, the start, the ingest or the write.</param>
/// <param name="Herd">Whether the clients are let in at once after the restart, rather than after the checks.</param>
internal sealed record NemesisStep(Blow Blow, int Answers, double Fraction, bool Herd)
{
    /// <summary>How many times the process dies.</summary>
    public int Kills => Blow == Blow.DuringStart ? 2 : 1;

    /// <summary>One line.</summary>
    public override string ToString() => $"{Blow} after {Answers} answers, at {Fraction:0.00}{(Herd ? ", herd" : "")}";
}

/// <summary>What is done when, by a seed: every kind of blow comes before any comes again.</summary>
internal static class NemesisPlan
{
    private static readonly ImmutableArray<Blow> Blows = [.. Enum.GetValues<Blow>()];

    /// <summary>Rounds with at least so many deaths together.</summary>
    public static ImmutableArray<NemesisStep> Create(int seed, int kills)
    {
        var random = new Random(seed);
        var steps = ImmutableArray.CreateBuilder<NemesisStep>();
        for (var planned = 0; planned < kills;)
        {
            var deck = Blows.ToArray();
            random.Shuffle(deck);
            foreach (var blow in deck.TakeWhile(_ => planned < kills))
            {
                var step = new NemesisStep(blow, 10 + random.Next(240), random.NextDouble(), Herd: random.Next(4) == 0);
                steps.Add(step);
                planned += step.Kills;
            }
        }

        return steps.ToImmutable();
    }
}
