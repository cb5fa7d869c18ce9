using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace AccountGrid.Chaos.Linearizability;

/// <summary>How a search ended.</summary>
internal enum Ruling
{
    /// <summary>There is an order that explains every answer.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    NotLinearizable,

    /// <summary>The steps were used up first: it says neither.</summary>
    Undecided,
}

/// <summary>What a search found.</summary>
/// <param name="Ruling">How it ended.</param>
/// <param name="Steps">How many times the model was asked.</param>
/// <param name="Order">The order, each call with the state behind it: a whole one where there is one, or else the
/// longest part of one that was met.</param>
/// <param name="Unplaced">The first answer behind that part which nothing explains; <c>null</c> where all are
/// explained.</param>
/// <param name="Rivals">The other calls that were open then.</param>
internal sealed record Judgement<TState, TInput, TOutput>(
    Ruling Ruling,
    long Steps,
    ImmutableArray<(Call<TInput, TOutput> Call, TState After)> Order,
    Call<TInput, TOutput>? Unplaced,
    ImmutableArray<Call<TInput, TOutput>> Rivals)
    where TInput : notnull
    where TOutput : class
{
    /// <summary>For a person: the end of the longest part that is in order, and what does not fit behind it.</summary>
    public string Explain(int lastCalls = 12)
    {
        if (Unplaced is null)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Ruling} in {Steps} steps");
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{Ruling} after {Steps} steps. {Order.Length} calls are in order; the last of them:\n");
        foreach (var (call, after) in Order.TakeLast(lastCalls))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {call}\n        then {after}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"  No place for:\n    {Unplaced}\n");
        if (!Rivals.IsEmpty)
        {
            text.Append("  Open at that time, too:\n");
            foreach (var call in Rivals.Take(lastCalls))
            {
                text.Append(CultureInfo.InvariantCulture, $"    {call}\n");
            }
        }

        return text.ToString().TrimEnd();
    }
}
