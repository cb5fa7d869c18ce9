using AccountGrid.Chaos.Linearizability;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// What linearizable means, word for word, by trying every order of every choice of calls: an order is good if there is
/// an instant for each call, within its own interval, none before the instant of the call before it, and if the model
/// goes along. Slow, and nothing to do with the search.
/// </summary>
internal static class EveryOrder
{
    public static bool Explains<TState, TInput, TOutput>(
        Model<TState, TInput, TOutput> model, IReadOnlyList<Call<TInput, TOutput>> calls)
        where TState : IEquatable<TState>
        where TInput : notnull
        where TOutput : class
    {
        var answered = calls.Where(c => !c.IsUnknown).ToArray();
        var unknown = calls.Where(c => c.IsUnknown).ToArray();
        for (var chosen = 0; chosen < 1 << unknown.Length; chosen++)
        {
            var some = unknown.Where((_, i) => (chosen & (1 << i)) != 0);
            if (Orders([.. answered, .. some]).Any(order => IsInTime(order) && Follows(model, order)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there are instants for the calls in this order.</summary>
    public static bool IsInTime<TInput, TOutput>(IEnumerable<Call<TInput, TOutput>> order)
        where TInput : notnull
        where TOutput : class
    {
        var instant = TimeSpan.MinValue;
        foreach (var call in order)
        {
            instant = call.CalledAt > instant ? call.CalledAt : instant;
            if (instant > call.AnsweredAt)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Follows<TState, TInput, TOutput>(
        Model<TState, TInput, TOutput> model, IEnumerable<Call<TInput, TOutput>> order)
        where TState : IEquatable<TState>
        where TInput : notnull
        where TOutput : class =>
        order.Aggregate<Call<TInput, TOutput>, IEnumerable<TState>>(
            [model.Initial],
            (states, call) => [.. states.SelectMany(s => model.Step(s, call.Input, call.Output)).Distinct()]).Any();

    private static IEnumerable<T[]> Orders<T>(T[] items)
    {
        if (items.Length == 0)
        {
            yield return [];
        }

        for (var first = 0; first < items.Length; first++)
        {
            foreach (var rest in Orders<T>([.. items[..first], .. items[(first + 1)..]]))
            {
                yield return [items[first], .. rest];
            }
        }
    }
}
