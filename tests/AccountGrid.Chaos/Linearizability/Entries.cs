namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// A call or an answer in the order of time. An operation that need not take effect has no answer here: it holds up
/// nobody.
/// </summary>
internal sealed class Entry(int call, bool isAnswer, bool isUnknown)
{
    /// <summary>Of which call.</summary>
    public int Call => call;

    /// <summary>Whether it is the answer; nothing that was called later can come before it.</summary>
    public bool IsAnswer => isAnswer;

    /// <summary>Whether the call has no answer.</summary>
    public bool IsUnknown => isUnknown;

    /// <summary>The answer to a call.</summary>
    public Entry? Answer { get; set; }

    public Entry? Previous { get; set; }

    public Entry? Next { get; set; }
}

/// <summary>
/// The entries of what is not placed yet, doubly linked, so that an operation is taken out and put back in no time. Put
/// back in the opposite order.
/// </summary>
internal sealed class Entries
{
    private readonly Entry _head = new(-1, isAnswer: false, isUnknown: false);

    private Entries()
    {
    }

    /// <summary>The first entry, or <c>null</c>.</summary>
    public Entry? First => _head.Next;

    /// <summary>
    /// In the order of time; of one instant, calls come before answers, so that what touches counts as concurrent.
    /// </summary>
    public static Entries Of<TInput, TOutput>(IReadOnlyList<Call<TInput, TOutput>> calls)
        where TInput : notnull
        where TOutput : class
    {
        var entries = new List<(TimeSpan At, Entry Entry)>(2 * calls.Count);
        for (var i = 0; i < calls.Count; i++)
        {
            var call = new Entry(i, isAnswer: false, calls[i].IsUnknown);
            entries.Add((calls[i].CalledAt, call));
            if (!calls[i].IsUnknown)
            {
                entries.Add((calls[i].AnsweredAt, call.Answer = new Entry(i, isAnswer: true, isUnknown: false)));
            }
        }

        var list = new Entries();
        var last = list._head;
        foreach (var (_, entry) in entries.OrderBy(e => e.At).ThenBy(e => e.Entry.IsAnswer))
        {
            (entry.Previous, last.Next) = (last, entry);
            last = entry;
        }

        return list;
    }

    /// <summary>An operation is placed: its call and its answer are out of the way.</summary>
    public static void TakeOut(Entry call)
    {
        Unlink(call);
        if (call.Answer is { } answer)
        {
            Unlink(answer);
        }
    }

    /// <summary>Undoes <see cref="TakeOut"/>.</summary>
    public static void PutBack(Entry call)
    {
        if (call.Answer is { } answer)
        {
            Link(answer);
        }

        Link(call);
    }

    private static void Unlink(Entry entry)
    {
        entry.Previous!.Next = entry.Next;
        if (entry.Next is { } next)
        {
            next.Previous = entry.Previous;
        }
    }

    private static void Link(Entry entry)
    {
        entry.Previous!.Next = entry;
        if (entry.Next is { } next)
        {
            next.Previous = entry;
        }
    }
}
