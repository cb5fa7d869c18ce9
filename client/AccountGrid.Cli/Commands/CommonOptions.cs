using System.CommandLine;

namespace AccountGrid.Cli.Commands;

/// <summary>Makes the options that several commands have. An instance belongs to one command.</summary>
internal static class CommonOptions
{
    /// <summary>An option that takes text.</summary>
    public static Option<string?> Text(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>An option that takes an instant, or a distance from now.</summary>
    public static Option<InstantSpec?> Instant(string name, string description, bool required = false) => new(name)
    {
        Description = description,
        HelpName = "WHEN",
        Required = required,
        CustomParser = Parsers.Instant,
    };

    /// <summary>An option that takes a whole number between two bounds, both included.</summary>
    public static Option<long?> Whole(
        string name, string description, long min, long max, long? preset = null, string helpName = "N")
    {
        var option = new Option<long?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = Parsers.Whole(min, max),
        };
        if (preset is not null)
        {
            option.DefaultValueFactory = _ => preset;
        }

        return option;
    }

    /// <summary>An option that takes one of an enum's names.</summary>
    public static Option<T?> OneOf<T>(string name, string description, string helpName)
        where T : struct, Enum
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = Parsers.OneOf<T>(),
        };
        option.CompletionSources.Add(Parsers.NamesOf<T>());
        return option;
    }

    /// <summary><c>--note</c>.</summary>
    public static Option<string?> Note() => Text("--note", "Free text for the journal, up to 1,000 characters", "TEXT");

    /// <summary><c>--request-id</c>.</summary>
    public static Option<string?> RequestId() => Text(
        "--request-id", "The idempotency key; the same with the same command acts once [default: a fresh one]", "ID");

    /// <summary><c>--limit</c> of a listing.</summary>
    public static Option<long?> Limit(long max, long preset) =>
        Whole("--limit", $"How many at most, 1 to {Show.Count(max)}", 1, max, preset);
}
