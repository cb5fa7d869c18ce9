using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Cli.Commands;

/// <summary>The command <c>undo</c> of people and of services.</summary>
internal static class UndoCommand
{
    /// <summary>Makes it.</summary>
    /// <param name="factory">What commands need.</param>
    /// <param name="description">What it does.</param>
    /// <param name="since">What the option of that name says.</param>
    /// <param name="send">The call.</param>
    /// <param name="read">What an answer says.</param>
    /// <param name="name">The argument that names the person or the service.</param>
    public static Command New<TRequest, TAnswer>(
        CommandFactory factory,
        string description,
        string since,
        Func<AccountGridClient, TRequest, CancellationToken, Task<TAnswer>> send,
        Func<TAnswer, (IReadOnlyList<long> Restored, IReadOnlyList<UndoFailure> Failures, bool More)> read,
        RequestField name)
        where TRequest : class, IMessage<TRequest>, new()
        where TAnswer : class, IMessage<TAnswer>
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be restored" };
        return factory.Send(
            "undo",
            description,
            send,
            (run, answer) =>
            {
                var (restored, failures, more) = read(answer);
                run.Output.Answer(
                    answer, console => OperatorViews.Undone(console, restored, failures, more, run.Get(dryRun)));
                return failures.Count > 0 || more ? ExitCode.CheckFailed : ExitCode.Ok;
            },
            name,
            RequestField.Back("since", CommonOptions.Instant("--since", since, required: true)),
            RequestField.Of("dry_run", dryRun),
            RequestField.Of("note", CommonOptions.Note()));
    }
}
