using System.CommandLine;
using Google.Protobuf;

namespace AccountGrid.Cli.Commands;

/// <summary>The options of commands that change an account. One instance per command.</summary>
internal sealed class ChangeOptions
{
    public Option<string> Reason { get; } = WithReasons(new("--reason")
    {
        Description = "Why: a reason code of the installation",
        HelpName = "CODE",
        Required = true,
    });

    public Option<string?> Note { get; } = NewNote();

    public Option<string?> Ticket { get; } = new("--ticket") { Description = "A reference into a ticket system, up to 64 characters", HelpName = "REF" };

    public Option<string?> RequestId { get; } = NewRequestId();

    public Option<string?> Etag { get; } = new("--etag") { Description = "Act only if this is still the account's etag", HelpName = "ETAG" };

    /// <summary>All of them, for <see cref="CommandFactory.New"/>.</summary>
    public Symbol[] All => [Reason, Note, Ticket, RequestId, Etag];

    /// <summary>
    /// Writes the values into the fields that every request to change an account has under the same names.
    /// </summary>
    public T Fill<T>(Invocation run, T request)
        where T : IMessage
    {
        Set("reason", run.Get(Reason));
        Set("note", run.Get(Note));
        Set("ticket", run.Get(Ticket));
        Set("request_id", run.Get(RequestId));
        Set("etag", run.Get(Etag));
        return request;

        void Set(string field, string? value) => request.Descriptor.FindFieldByName(field).Accessor.SetValue(request, value ?? "");
    }

    /// <summary><c>--note</c>.</summary>
    public static Option<string?> NewNote() => new("--note") { Description = "Free text for the journal, up to 1,000 characters", HelpName = "TEXT" };

    /// <summary><c>--request-id</c>.</summary>
    public static Option<string?> NewRequestId() => new("--request-id")
    {
        Description = "The idempotency key; the same with the same command acts once [default: a fresh one]",
        HelpName = "ID",
    };

    /// <summary><c>--limit</c> of a listing.</summary>
    public static Option<long?> NewLimit(long preset = 50) => new("--limit")
    {
        Description = "How many at most, 1 to 100,000",
        HelpName = "N",
        CustomParser = Parsers.Whole(1, 100_000),
        DefaultValueFactory = _ => preset,
    };

    /// <summary><c>--page-token</c> of a listing.</summary>
    public static Option<string?> NewPageToken() => new("--page-token") { Description = "Go on where an earlier listing ended", HelpName = "TOKEN" };

    private static Option<string> WithReasons(Option<string> option)
    {
        option.CompletionSources.Add("IMPERSONATION", "SPAM", "ABUSE", "COMPROMISED", "LEGAL", "OWNER_REQUEST", "ERROR", "OTHER");
        return option;
    }
}
