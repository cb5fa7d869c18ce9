using System.Collections.Immutable;
using AccountGrid.Chaos.Linearizability;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>What is asked of a register: to be written (<see cref="Value"/>), or else to be read.</summary>
internal sealed record RegisterInput(int? Value)
{
    public static RegisterInput Read { get; } = new((int?)null);

    public static RegisterInput Write(int value) => new(value);
}

/// <summary>What it answers: the value read.</summary>
internal sealed record RegisterOutput(int? Value = null);

/// <summary>The register of the literature; begins at 0.</summary>
internal sealed class RegisterModel : Model<int, RegisterInput, RegisterOutput>
{
    public override int Initial => 0;

    public override IEnumerable<int> Step(int state, RegisterInput input, RegisterOutput? output) =>
        input.Value is { } written ? [written] : output is null || output.Value == state ? [state] : [];

    public override bool OnlyLooks(RegisterInput input, RegisterOutput output) => input.Value is null;
}

/// <summary>A register that sometimes forgets to write: its model does not know which state comes next.</summary>
internal sealed class ForgetfulModel : Model<int, RegisterInput, RegisterOutput>
{
    public override int Initial => 0;

    public override IEnumerable<int> Step(int state, RegisterInput input, RegisterOutput? output) =>
        input.Value is { } written ? [written, state] : output is null || output.Value == state ? [state] : [];

    public override bool OnlyLooks(RegisterInput input, RegisterOutput output) => input.Value is null;
}

/// <summary>
/// A queue: adds (<c>Value</c>), or else takes the oldest. The state is the queue in words, oldest first.
/// </summary>
internal sealed class QueueModel : Model<string, RegisterInput, RegisterOutput>
{
    public override string Initial => "";

    public override IEnumerable<string> Step(string state, RegisterInput input, RegisterOutput? output) =>
        input.Value is { } added ? [state + (char)('a' + added)]
        : state.Length > 0 && (output is null || state[0] == (char)('a' + output.Value!.Value)) ? [state[1..]]
        : [];
}

/// <summary>Calls on a timetable.</summary>
internal static class Textbook
{
    public static Call<RegisterInput, RegisterOutput> Write(double from, double to, int value) =>
        new(RegisterInput.Write(value), new(), At(from), At(to), "write");

    public static Call<RegisterInput, RegisterOutput> Read(double from, double to, int value) =>
        new(RegisterInput.Read, new(value), At(from), At(to), "read");

    /// <summary>A write that was never answered.</summary>
    public static Call<RegisterInput, RegisterOutput> Perhaps(
        double from, int value, double until = double.PositiveInfinity) =>
        new(RegisterInput.Write(value), null, At(from), double.IsFinite(until) ? At(until) : TimeSpan.MaxValue,
            "write");

    public static Ruling Judge(
        Model<int, RegisterInput, RegisterOutput> model,
        params ReadOnlySpan<Call<RegisterInput, RegisterOutput>> calls) =>
        Search<int, RegisterInput, RegisterOutput>.Judge(model, calls.ToImmutableArray(), maxSteps: 100_000).Ruling;

    public static TimeSpan At(double seconds) => TimeSpan.FromSeconds(seconds);
}
