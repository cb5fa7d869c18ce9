using System.CommandLine;
using AccountGrid.Cli.Commands;
using AccountGrid.Client;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Spectre.Console;

namespace AccountGrid.Cli;

/// <summary>Makes commands whose failures become exit codes and messages.</summary>
internal sealed class CommandFactory(CliHost host, GlobalOptions globals)
{
    private const int LongestListing = 100_000;
    private const string ValidateOnlyField = "validate_only";
    private static readonly string[] PreviewFields = ["preview", "operator_preview"];

    /// <summary>A command with its options and arguments.</summary>
    public Command New(
        string name,
        string description,
        Func<Invocation, CancellationToken, Task<ExitCode>> run,
        params IEnumerable<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Option option:
                    command.Options.Add(option);
                    break;
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                default:
                    throw new ArgumentException(
                        $"{symbol.Name} is neither an option nor an argument.", nameof(symbols));
            }
        }

        command.SetAction(async (parse, cancellationToken) => (int)await RunAsync(run, parse, cancellationToken));
        return command;
    }

    /// <summary>
    /// A command that sends one request, whose fields its arguments and options fill. One that can be only validated
    /// has the option for it.
    /// </summary>
    /// <param name="name">The command's name.</param>
    /// <param name="description">Its help text.</param>
    /// <param name="send">Makes the call.</param>
    /// <param name="report">Prints the answer and gives the exit code for it.</param>
    /// <param name="fields">Arguments and options, in the order of the help.</param>
    /// <exception cref="ArgumentException">The request does not have one of the fields.</exception>
    public Command Send<TRequest, TAnswer>(
        string name,
        string description,
        Func<AccountGridClient, TRequest, CancellationToken, Task<TAnswer>> send,
        Func<Invocation, TAnswer, ExitCode> report,
        params IReadOnlyList<RequestField> fields)
        where TRequest : IMessage, new()
    {
        var descriptor = new TRequest().Descriptor;
        foreach (var field in fields)
        {
            field.In(descriptor);
        }

        var validateOnly = new Option<bool>("--validate-only")
        {
            Description = "Only say what it would come to; nothing is done",
        };
        IReadOnlyList<RequestField> all = descriptor.FindFieldByName(ValidateOnlyField) is null
            ? fields
            : [.. fields, RequestField.Of(ValidateOnlyField, validateOnly)];
        return New(
            name,
            description,
            async (run, cancellationToken) =>
            {
                var request = new TRequest();
                foreach (var field in all)
                {
                    field.Fill(run, request);
                }

                var answer = await send(run.Api, request, cancellationToken);
                if (all.Count > fields.Count && run.Get(validateOnly))
                {
                    ThrowIfCarriedOut(answer);
                    run.Output.Note("Only validated: nothing was done. This is what it would come to now.");
                }

                return report(run, answer);
            },
            all.Select(field => field.Symbol));
    }

    /// <summary>
    /// A gateway that does not know the field carries the command out, and answers without a preview.
    /// </summary>
    private static void ThrowIfCarriedOut<TAnswer>(TAnswer answer)
    {
        if (answer is IMessage message
            && PreviewFields.Select(message.Descriptor.FindFieldByName).OfType<FieldDescriptor>().ToArray()
                is { Length: > 0 } previews
            && previews.All(field => field.Accessor.GetValue(message) is null))
        {
            throw new CliException(
                ExitCode.CheckFailed,
                "The server does not know how to validate only: the change WAS CARRIED OUT. Look at what it did.");
        }
    }

    /// <summary>As above, for an answer that is only shown.</summary>
    public Command Send<TRequest, TAnswer>(
        string name,
        string description,
        Func<AccountGridClient, TRequest, CancellationToken, Task<TAnswer>> send,
        Action<IAnsiConsole, TAnswer> draw,
        params IReadOnlyList<RequestField> fields)
        where TRequest : IMessage, new()
        where TAnswer : IMessage
    {
        return Send<TRequest, TAnswer>(name, description, send, Print, fields);

        ExitCode Print(Invocation run, TAnswer answer)
        {
            run.Output.Answer(answer, console => draw(console, answer));
            return ExitCode.Ok;
        }
    }

    /// <summary>
    /// A listing with <c>--limit</c> and <c>--page-token</c>, read page by page and printed as one answer.
    /// </summary>
    /// <param name="name">The command's name.</param>
    /// <param name="description">Its help text.</param>
    /// <param name="request">The request without page size and page token, made once for all pages.</param>
    /// <param name="fetch">Gets one page.</param>
    /// <param name="items">The items of a page.</param>
    /// <param name="draw">Prints the items.</param>
    /// <param name="preset">The limit where none is given.</param>
    /// <param name="symbols">Further arguments and options, in the order of the help.</param>
    public Command List<TRequest, TPage, TItem>(
        string name,
        string description,
        Func<Invocation, TRequest> request,
        Func<AccountGridClient, TRequest, CancellationToken, Task<TPage>> fetch,
        Func<TPage, RepeatedField<TItem>> items,
        Action<IAnsiConsole, IEnumerable<TItem>> draw,
        long preset = 50,
        params IEnumerable<Symbol> symbols)
        where TRequest : IMessage
        where TPage : IMessage
    {
        var limit = CommonOptions.Limit(LongestListing, preset);
        var pageToken = CommonOptions.Text("--page-token", "Go on where an earlier listing ended", "TOKEN");
        return New(
            name,
            description,
            async (run, cancellationToken) =>
            {
                var answer = await Paging.CollectAsync(
                    request(run),
                    run.Get(limit)!.Value,
                    run.Get(pageToken) ?? "",
                    page => fetch(run.Api, page, cancellationToken),
                    items);
                run.Output.Answer(answer, console => draw(console, items(answer)));
                Paging.NoteMore(run.Output, answer);
                return ExitCode.Ok;
            },
            [.. symbols, limit, pageToken]);
    }

    /// <summary>A noun with its verbs.</summary>
    public static Command Noun(string name, string description, params ReadOnlySpan<Command> verbs)
    {
        var command = new Command(name, description);
        foreach (var verb in verbs)
        {
            command.Subcommands.Add(verb);
        }

        return command;
    }

    private async Task<ExitCode> RunAsync(
        Func<Invocation, CancellationToken, Task<ExitCode>> run, ParseResult parse, CancellationToken cancellationToken)
    {
        using var invocation = new Invocation(parse, host, globals);
        try
        {
            return await run(invocation, cancellationToken);
        }
        catch (CliException e)
        {
            invocation.Output.Fail(e.Message);
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (AccountGridException e)
        {
            invocation.Output.Fail(e, invocation.HintOf(e));
            return ServerError.From(e).ExitCode;
        }
    }
}
