using System.Text.Json;
using System.Text.Json.Nodes;
using AccountGrid.Client;
using Google.Protobuf;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>
/// Where a command's answer goes: a table or sentence for a person, or JSON. Answers go to standard output; errors,
/// warnings and progress to standard error. Colour and drawing only on a terminal that wants them.
/// </summary>
internal sealed class Output
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    private readonly CliHost _host;

    public Output(CliHost host, bool json)
    {
        _host = host;
        IsJson = json;
        Console = Make(host.Out, host.OutIsTerminal, host.AllowsColor);
        ErrorConsole = Make(host.Error, host.ErrorIsTerminal, host.AllowsColor);
    }

    /// <summary>Whether answers are JSON.</summary>
    public bool IsJson { get; }

    /// <summary>The console of answers for people.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>The console of errors, warnings and progress.</summary>
    public IAnsiConsole ErrorConsole { get; }

    /// <summary>Whether a moving progress bar makes sense.</summary>
    public bool ShowsProgress => _host.ErrorIsTerminal && _host.AllowsColor;

    /// <summary>Proto JSON of a message, on one line.</summary>
    public static string ToJson(IMessage message) => Json.Format(message);

    /// <summary>Answers with one message: as JSON, or as <paramref name="forPeople"/> draws it.</summary>
    public void Answer(IMessage message, Action<IAnsiConsole> forPeople)
    {
        if (IsJson)
        {
            JsonLine(ToJson(message));
        }
        else
        {
            forPeople(Console);
        }
    }

    /// <summary>Answers with an object that is no message.</summary>
    public void Answer(JsonObject json, Action<IAnsiConsole> forPeople)
    {
        if (IsJson)
        {
            JsonLine(json.ToJsonString());
        }
        else
        {
            forPeople(Console);
        }
    }

    /// <summary>One line of JSON, written through at once so that a reader of a stream sees it.</summary>
    public void JsonLine(string json)
    {
        _host.Out.WriteLine(json);
        _host.Out.Flush();
    }

    /// <summary>One line of exactly this text, for scripts; the text is this program's own.</summary>
    public void Raw(string text) => _host.Out.WriteLine(text);

    /// <summary>A remark beside the answer: never on standard output.</summary>
    public void Note(string text)
    {
        if (!IsJson)
        {
            _host.Error.WriteLine(Show.Plain(text));
        }
    }

    /// <summary>A warning.</summary>
    public void Warn(string text) => Failure("warning", "yellow", text, new JsonObject { ["warning"] = text });

    /// <summary>An error of this program.</summary>
    public void Fail(string text) =>
        Failure("error", "red", text, new JsonObject { ["error"] = new JsonObject { ["message"] = text } });

    /// <summary>A refusal or failure that the server answered.</summary>
    public void Fail(AccountGridException exception, string? hint = null)
    {
        var error = ServerError.From(exception);
        var json = new JsonObject { ["error"] = error.ToJson() };
        if (hint is not null)
        {
            json["hint"] = hint;
        }

        Failure("error", "red", error.Describe(), json);
        if (hint is not null)
        {
            Note(hint);
        }
    }

    private void Failure(string label, string color, string text, JsonObject json)
    {
        if (IsJson)
        {
            _host.Error.WriteLine(json.ToJsonString(JsonSerializerOptions.Default));
        }
        else
        {
            // The text itself is written as it is: wrapped by the console, a command in it could not be copied.
            ErrorConsole.Markup($"[{color}]{label}:[/] ");
            _host.Error.WriteLine(Show.Plain(text));
        }
    }

    private static IAnsiConsole Make(TextWriter writer, bool isTerminal, bool allowsColor)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal && allowsColor ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal && allowsColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal && allowsColor ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            // What goes to a file or a pipe is never wrapped or cut.
            console.Profile.Width = 4096;
        }

        return console;
    }
}
