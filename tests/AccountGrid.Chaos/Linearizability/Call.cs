namespace AccountGrid.Chaos.Linearizability;

/// <summary>
/// One operation on one object, as its caller saw it: it takes effect at one instant between the call and the answer.
/// </summary>
/// <param name="Input">What was asked. Of calls without an answer, those with equal inputs can stand for each
/// other.</param>
/// <param name="Output">What was answered; <c>null</c> = nobody knows: it may take effect until
/// <paramref name="AnsweredAt"/>, or never.</param>
/// <param name="CalledAt">When it left.</param>
/// <param name="AnsweredAt">When it was answered; without an answer, until when it may take effect.</param>
/// <param name="Name">For a person who reads a counterexample.</param>
internal sealed record Call<TInput, TOutput>(
    TInput Input, TOutput? Output, TimeSpan CalledAt, TimeSpan AnsweredAt, string Name)
    where TInput : notnull
    where TOutput : class
{
    /// <summary>Whether it need not take effect at all.</summary>
    public bool IsUnknown => Output is null;

    /// <summary>One line.</summary>
    public override string ToString() =>
        $"[{Seconds(CalledAt)} .. {Seconds(AnsweredAt)}] {Name}: {Input} -> {(Output is null ? "no answer" : Output.ToString())}";

    private static string Seconds(TimeSpan instant) =>
        instant == TimeSpan.MaxValue
            ? "for ever"
            : instant.TotalSeconds.ToString("0.000 s", System.Globalization.CultureInfo.InvariantCulture);
}
