using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using AccountGrid.Chaos.Linearizability;

namespace AccountGrid.Chaos.Tests.Linearizability;

/// <summary>
/// Histories that others published with their verdicts (anishathalye/porcupine 55508eb, MIT): 102 of an etcd register
/// under Jepsen, and six of a key-value store. Our search must come to the same verdicts.
/// </summary>
public sealed partial class PublishedHistoriesTests
{
    private static readonly string Folder = Path.Combine(
        typeof(PublishedHistoriesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static a => a.Key == "Vectors").Value!, "porcupine");

    [Fact]
    public void Of_an_etcd_register_are_judged_as_published()
    {
        NeedsVectors();
        var expected = File.ReadLines(Path.Combine(Folder, "expected.csv")).Skip(1)
            .Select(static line => line.Split(','))
            .ToDictionary(static cells => cells[0], static cells => bool.Parse(cells[1]));
        Assert.Equal((102, 23), (expected.Count, expected.Values.Count(static ok => ok)));
        foreach (var (name, isLinearizable) in expected)
        {
            var calls = Etcd.Read(File.ReadLines(Path.Combine(Folder, name + ".log")));
            var judgement = Search<int, EtcdInput, EtcdOutput>.Judge(new Etcd(), calls, maxSteps: 3_000_000);
            var right = isLinearizable ? Ruling.Linearizable : Ruling.NotLinearizable;
            Assert.True(right == judgement.Ruling, $"{name}: {judgement.Explain()}");
        }
    }

    [Theory]
    [InlineData("c01")]
    [InlineData("c10")]
    [InlineData("c50")]
    public void Of_a_key_value_store_are_judged_as_published(string clients)
    {
        NeedsVectors();
        Assert.All(Keys($"{clients}-ok"), static calls => Assert.Equal(
            Ruling.Linearizable, Judge(calls, maxSteps: 3_000_000)));

        // Every key is a history of its own. One that no order explains is enough, and others may take very long.
        Assert.Contains(Keys($"{clients}-bad"), static calls =>
            Judge(calls, maxSteps: 100_000) == Ruling.NotLinearizable);
    }

    private static void NeedsVectors() => Assert.SkipUnless(
        Directory.Exists(Folder), "Needs the published histories of Porcupine beside the repository (shared/vectors).");

    private static Ruling Judge(Call<TextInput, TextOutput>[] calls, long maxSteps) =>
        Search<string, TextInput, TextOutput>.Judge(new TextStore(), calls, maxSteps).Ruling;

    private static IEnumerable<Call<TextInput, TextOutput>[]> Keys(string name) =>
        TextStore.Read(File.ReadLines(Path.Combine(Folder, "kv", name + ".txt")));

    /// <summary>
    /// Pairs invocations with what came back; the number of a line is its instant. What came back as neither done nor
    /// refused, or not at all, may take effect at any later time.
    /// </summary>
    private static IEnumerable<Call<TInput, TOutput>> Pair<TInput, TOutput>(
        IEnumerable<(string Process, TInput? Asked, TOutput? Answered)> events)
        where TInput : class
        where TOutput : class
    {
        var open = new Dictionary<string, (TInput Input, TimeSpan At)>();
        var now = TimeSpan.Zero;
        foreach (var (process, asked, answered) in events)
        {
            now += TimeSpan.FromMilliseconds(1);
            if (asked is not null)
            {
                open.Add(process, (asked, now));
            }
            else if (answered is not null && open.Remove(process, out var call))
            {
                yield return new(call.Input, answered, call.At, now, process);
            }
            else if (open.Remove(process, out call))
            {
                yield return new(call.Input, null, call.At, TimeSpan.MaxValue, process);
            }
        }

        foreach (var (process, call) in open)
        {
            yield return new(call.Input, null, call.At, TimeSpan.MaxValue, process);
        }
    }

    /// <summary>
    /// A read, a write of <paramref name="To"/>, or a comparison with <paramref name="From"/> and a write.
    /// </summary>
    private sealed record EtcdInput(int? From, int? To);

    /// <summary>The value read; whether a comparison held.</summary>
    private sealed record EtcdOutput(int Value, bool Held);

    /// <summary>A register that is read, written, and written on the condition of its value.</summary>
    private sealed partial class Etcd : Model<int, EtcdInput, EtcdOutput>
    {
        private const int Nothing = -1;

        public override int Initial => Nothing;

        public override IEnumerable<int> Step(int state, EtcdInput input, EtcdOutput? output) => input switch
        {
            { To: null } => output is null || output.Value == state ? [state] : [],
            { From: null } => [input.To.Value],
            _ when output is null => input.From == state ? [input.To.Value] : [state],
            _ when output.Held => input.From == state ? [input.To.Value] : [],
            _ => input.From == state ? [] : [state],
        };

        public override bool OnlyLooks(EtcdInput input, EtcdOutput output) => input.To is null || !output.Held;

        public static Call<EtcdInput, EtcdOutput>[] Read(IEnumerable<string> lines) => [.. Pair(lines
            .Select(static line => Line().Match(line)).Where(static m => m.Success).Select(static m =>
            {
                var (type, kind, value) = (m.Groups[2].Value, m.Groups[3].Value, m.Groups[4].Value.Trim());
                var numbers = Number().Matches(value)
                    .Select(static n => int.Parse(n.Value, CultureInfo.InvariantCulture)).ToArray();
                EtcdInput? asked = (type, kind) switch
                {
                    ("invoke", "read") => new(null, null),
                    ("invoke", "write") => new(null, numbers[0]),
                    ("invoke", _) => new(numbers[0], numbers[1]),
                    _ => null,
                };
                EtcdOutput? answered = type is "ok" or "fail" && value != ":timed-out"
                    ? new(numbers is [var read] ? read : Nothing, type == "ok")
                    : null;
                return (m.Groups[1].Value, asked, answered);
            }))];

        [GeneratedRegex(@"^INFO\s+jepsen\.util - (\d+)\s+:(\w+)\s+:(read|write|cas)\s+(.*)$")]
        private static partial Regex Line();

        [GeneratedRegex(@"\d+")]
        private static partial Regex Number();
    }

    /// <summary>A get, a put or an append.</summary>
    private sealed record TextInput(string Kind, string Value);

    /// <summary>The text got.</summary>
    private sealed record TextOutput(string Value);

    /// <summary>One key of the store; begins empty.</summary>
    private sealed partial class TextStore : Model<string, TextInput, TextOutput>
    {
        public override string Initial => "";

        public override IEnumerable<string> Step(string state, TextInput input, TextOutput? output) => input.Kind switch
        {
            "get" => output is null || output.Value == state ? [state] : [],
            "put" => [input.Value],
            _ => [state + input.Value],
        };

        public override bool OnlyLooks(TextInput input, TextOutput output) => input.Kind == "get";

        public static IEnumerable<Call<TextInput, TextOutput>[]> Read(IEnumerable<string> lines) => lines
            .Select(static line => Line().Match(line)).Where(static m => m.Success)
            .GroupBy(static m => m.Groups[4].Value)
            .Select(static key => Pair(key.Select(static m =>
            {
                var isCall = m.Groups[2].Value == "invoke";
                return (m.Groups[1].Value,
                    isCall ? new TextInput(m.Groups[3].Value, m.Groups[5].Value) : null,
                    isCall ? null : new TextOutput(m.Groups[5].Value));
            })).ToArray());

        [GeneratedRegex("""^\{:process (\d+), :type :(\w+), :f :(\w+), :key "([^"]*)", :value "?(.*?)"?\}$""")]
        private static partial Regex Line();
    }
}
