using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// <c>account</c>: registering and reading. What changes an account stands in <see cref="AccountChangeCommands"/>.
/// </summary>
internal static class AccountCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "account",
        "Reads accounts, takes them down and brings them back.",
        [
            Register(factory),
            Get(factory),
            Public(factory),
            List(factory),
            .. AccountChangeCommands.All(factory),
            Journal(factory),
            Actions(factory),
        ]);

    /// <summary>The argument with an account's number, for the field of that name.</summary>
    public static RequestField NewId(string field = "id", string name = "ID") =>
        RequestField.Of(field, NewIdArgument(name));

    private static Argument<long> NewIdArgument(string name = "ID") =>
        new(name) { Description = "The account's number", CustomParser = Parsers.AccountId };

    private static Command Register(CommandFactory factory) => factory.Send(
        "register",
        "Registers an account. Role: registrar.",
        static (AccountGridClient api, RegisterAccountRequest request, CancellationToken stop) =>
            api.Accounts.RegisterAsync(request, stop),
        static (console, answer) =>
        {
            // None where it was only validated.
            if (answer.Account is { } account)
            {
                AccountViews.Detail(console, account);
            }
        },
        NewId(),
        RequestField.Of(
            "handle",
            new Argument<string>("HANDLE")
            {
                Description = "The name that the network shows: 1 to 30 of A-Z a-z 0-9 _",
            }),
        RequestField.Of("request_id", CommonOptions.RequestId()));

    private static Command Get(CommandFactory factory)
    {
        var ids = new Argument<long[]>("ID")
        {
            Description = "The accounts' numbers, up to 1,000",
            CustomParser = Parsers.AccountIds,
            Arity = new ArgumentArity(1, 1000),
        };
        var minVersion = CommonOptions.Whole(
            "--min-version",
            "The version that you have seen: the answer is never older (one account only)",
            1,
            long.MaxValue);
        return factory.New(
            "get",
            "Reads one account in full, or several in a table. Role: reader or staff.",
            async (run, cancellationToken) =>
            {
                var wanted = run.Get(ids);
                if (wanted.Length == 1)
                {
                    var account = await run.Api.Accounts.GetAsync(
                        wanted[0], run.Get(minVersion) ?? 0, cancellationToken);
                    run.Output.Answer(account, console => AccountViews.Detail(console, account));
                    return ExitCode.Ok;
                }

                if (run.Get(minVersion) is not null)
                {
                    throw CliException.Usage("--min-version is for one account.");
                }

                var answer = await run.Api.Accounts.BatchGetAsync(wanted, cancellationToken);
                run.Output.Answer(answer, console => AccountViews.List(console, answer.Accounts));
                if (answer.MissingIds.Count > 0)
                {
                    run.Output.Fail($"Not registered: {string.Join(", ", answer.MissingIds)}");
                    return ExitCode.NotFound;
                }

                return ExitCode.Ok;
            },
            ids, minVersion);
    }

    private static Command Public(CommandFactory factory) => factory.Send(
        "public",
        "What a visitor sees; an account that is down is not found. Role: reader.",
        static (AccountGridClient api, GetPublicAccountRequest request, CancellationToken stop) =>
            api.Accounts.GetPublicAsync(request.Id, stop),
        AccountViews.Public,
        NewId());

    private static Command List(CommandFactory factory)
    {
        var status = CommonOptions.OneOf<Account.Types.Status>("--status", "Only these", "STATUS");
        var tier = CommonOptions.OneOf<Account.Types.Tier>("--tier", "Only these", "TIER");
        var handle = CommonOptions.Text("--handle", "Only handles that begin so", "PREFIX");
        return factory.List(
            "list",
            "Lists accounts. Role: reader or staff.",
            run => new ListAccountsRequest
            {
                Filter = new FilterText()
                    .Is("status", run.Get(status) is { } s ? Show.Name(s) : null)
                    .Is("tier", run.Get(tier) is { } t ? Show.Name(t) : null)
                    .IsText("handle", run.Get(handle) is { } h ? h.TrimEnd('*') + "*" : null)
                    .ToString(),
            },
            static (api, request, stop) => api.Accounts.ListPageAsync(request, stop),
            static page => page.Accounts,
            AccountViews.List,
            symbols: [status, tier, handle]);
    }

    private static Command Actions(CommandFactory factory) => factory.Send(
        "actions",
        "What you may do to an account now: alone, with a second person, or not, and why. Role: staff.",
        static (AccountGridClient api, ListAccountActionsRequest request, CancellationToken stop) =>
            api.Accounts.ListActionsAsync(request.Id, stop),
        static (console, answer) => AccountViews.Actions(console, answer.Actions),
        NewId());

    private static Command Journal(CommandFactory factory)
    {
        var id = NewIdArgument();
        return factory.List(
            "journal",
            "What happened to an account, newest first, refused attempts included. Role: staff or auditor.",
            run => new ListJournalEntriesRequest { Id = run.Get(id) },
            static (api, request, stop) => api.Accounts.ListJournalPageAsync(request, stop),
            static page => page.Entries,
            static (console, entries) => JournalViews.Entries(console, entries, withStream: false),
            symbols: [id]);
    }
}
