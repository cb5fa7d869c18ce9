using System.Text.Json.Nodes;
using AccountGrid.Client;
using Spectre.Console;

namespace AccountGrid.Cli.Replay;

/// <summary>The result of a step, and whether it is the expected one.</summary>
internal readonly record struct Seen(bool Ok, string What)
{
    /// <summary>As it must be.</summary>
    public static Seen Right(string what) => new(true, what);

    /// <summary>Not as it must be.</summary>
    public static Seen Wrong(string what) => new(false, what);
}

/// <summary>A step failed without which the rest cannot be told.</summary>
internal sealed class StoryEndsException(string message) : Exception(message);

/// <summary>
/// Tells steps as they happen, to a person or as one line of JSON each, and remembers whether all were right.
/// </summary>
internal sealed class Narrator(Output output, TimeProvider clock)
{
    private const int Indent = 9;

    private readonly long _started = clock.GetTimestamp();
    private string _act = "";

    /// <summary>Steps told.</summary>
    public int Steps { get; private set; }

    /// <summary>Steps that were not as they must be.</summary>
    public int Failures { get; private set; }

    /// <summary>Since the beginning.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    /// <summary>The first lines.</summary>
    public void Opening(Uri server, bool isOwn, ReplayScale scale)
    {
        var where = server.GetLeftPart(UriPartial.Authority);
        if (output.IsJson)
        {
            output.JsonLine(new JsonObject
            {
                ["replay"] = "2017-11-02",
                ["server"] = where,
                ["ownSilo"] = isOwn,
                ["followers"] = scale.Followers,
                ["scale"] = scale.Label,
            }.ToJsonString());
            return;
        }

        output.Console.MarkupLine("[bold]2 November 2017, told again[/]");
        output.Console.MarkupLine(
            $"[grey]Against {(isOwn ? "a silo of its own at" : "the silo at")} {Show.Text(where)}, "
            + $"followers {scale.Label}. A time on the left is New York's on that evening, where a step answers to "
            + "something published; the rest is told for the test. "
            + "Times on the right were measured now.[/]");
    }

    /// <summary>A new act.</summary>
    public void Act(string title)
    {
        _act = title;
        if (!output.IsJson)
        {
            output.Console.WriteLine();
            output.Console.MarkupLine($"[bold underline]{Markup.Escape(title)}[/]");
        }
    }

    /// <summary>One step: does it, checks it, tells it. Returns whether it was right.</summary>
    /// <param name="when">
    /// The time on that evening, where something was published that the step answers to; else empty.
    /// </param>
    /// <param name="title">The sentence that tells it.</param>
    /// <param name="step">Does it and says what it saw. A failed call is a failed step.</param>
    public async Task<bool> StepAsync(string when, string title, Func<Task<Seen>> step)
    {
        var started = clock.GetTimestamp();
        Seen seen;
        try
        {
            seen = await step();
        }
        catch (AccountGridException e)
        {
            seen = Seen.Wrong(ServerError.From(e).Describe());
        }

        Steps++;
        Failures += seen.Ok ? 0 : 1;
        Report(when, title, seen, clock.GetElapsedTime(started));
        return seen.Ok;
    }

    /// <summary>A step without which the rest cannot be told.</summary>
    /// <exception cref="StoryEndsException">It was not right.</exception>
    public async Task MustAsync(string when, string title, Func<Task<Seen>> step)
    {
        if (!await StepAsync(when, title, step))
        {
            throw new StoryEndsException("The rest needs this step, so it is not told.");
        }
    }

    /// <summary>Draws something under the last step, for people only.</summary>
    public void Aside(Action<IAnsiConsole> draw)
    {
        if (!output.IsJson)
        {
            draw(output.Console);
        }
    }

    /// <summary>A remark.</summary>
    public void Remark(string text) => Aside(console => Indented(console, $"[grey]{Show.Text(text)}[/]", Indent + 2));

    /// <summary>The last line.</summary>
    public void Closing()
    {
        if (output.IsJson)
        {
            output.JsonLine(new JsonObject
            {
                ["steps"] = Steps,
                ["failed"] = Failures,
                ["ok"] = Failures == 0,
                ["elapsedMs"] = Elapsed.TotalMilliseconds,
            }.ToJsonString());
            return;
        }

        output.Console.WriteLine();
        output.Console.MarkupLine(Failures == 0
            ? $"[green]✔ All {Steps} steps were as they must be.[/] [grey]{Show.Elapsed(Elapsed)}[/]"
            : $"[red]✘ {Failures} of {Steps} steps were not as they must be.[/] [grey]{Show.Elapsed(Elapsed)}[/]");
    }

    private void Report(string when, string title, Seen seen, TimeSpan elapsed)
    {
        if (output.IsJson)
        {
            output.JsonLine(new JsonObject
            {
                ["step"] = Steps,
                ["act"] = _act,
                ["when"] = when,
                ["title"] = title,
                ["ok"] = seen.Ok,
                ["seen"] = seen.What,
                ["elapsedMs"] = elapsed.TotalMilliseconds,
            }.ToJsonString());
            return;
        }

        if (when.Length > 0)
        {
            output.Console.MarkupLine($"  [grey]{Markup.Escape(when),-7}[/]{Show.Text(title)}");
        }
        else
        {
            Indented(output.Console, Show.Text(title), Indent);
        }

        Indented(
            output.Console,
            $"{(seen.Ok ? "[green]✔[/]" : "[red]✘[/]")} {Show.Text(seen.What)} [grey]({Show.Elapsed(elapsed)})[/]",
            Indent);
    }

    // A long line goes on under its own beginning.
    private static void Indented(IAnsiConsole console, string markup, int by) =>
        console.Write(new Padder(new Markup(markup), new Padding(by, 0, 0, 0)));
}
