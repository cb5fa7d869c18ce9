using System.CommandLine;
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
        Register(factory),
        Get(factory),
        Public(factory),
        List(factory),
        AccountChangeCommands.Deactivate(factory),
        AccountChangeCommands.Suspend(factory),
        AccountChangeCommands.Restore(factory),
        AccountChangeCommands.Erase(factory),
        AccountChangeCommands.Protect(factory),
        AccountChangeCommands.Unprotect(factory),
        Journal(factory));

    /// <summary>The argument <c>ID</c>.</summary>
    public static Argument<long> NewId(string name = "ID") => new(name) { Description = "The account's number", CustomParser = Parsers.AccountId };

    private static Command Register(CommandFactory factory)
    {
        var id = NewId();
        var handle = new Argument<string>("HANDLE") { Description = "The name that the network shows: 1 to 30 of A-Z a-z 0-9 _" };
        var requestId = ChangeOptions.NewRequestId();
        return factory.New(
            "register",
            "Registers an account. Role: service.",
            async (run, cancellationToken) =>
            {
                var request = new RegisterAccountRequest { Id = run.Get(id), Handle = run.Get(handle), RequestId = run.Get(requestId) ?? "" };
                var answer = await run.Api.Accounts.RegisterAsync(request, cancellationToken);
                run.Output.Answer(answer, console => AccountViews.Detail(console, answer.Account));
                return ExitCode.Ok;
            },
            id, handle, requestId);
    }

    private static Command Get(CommandFactory factory)
    {
        var ids = new Argument<long[]>("ID")
        {
            Description = "The accounts' numbers, up to 1,000",
            CustomParser = Parsers.AccountIds,
            Arity = new ArgumentArity(1, 1000),
        };
        var minVersion = new Option<long?>("--min-version")
        {
            Description = "The version that you have seen: the answer is never older (one account only)",
            HelpName = "N",
            CustomParser = Parsers.Whole(1, long.MaxValue),
        };
        return factory.New(
            "get",
            "Reads one account in full, or several in a table. Role: service or staff.",
            async (run, cancellationToken) =>
            {
                var wanted = run.Get(ids);
                if (wanted.Length == 1)
                {
                    var account = await run.Api.Accounts.GetAsync(wanted[0], run.Get(minVersion) ?? 0, cancellationToken);
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

    private static Command Public(CommandFactory factory)
    {
        var id = NewId();
        return factory.New(
            "public",
            "What a visitor sees; an account that is down is not found. Role: service.",
            async (run, cancellationToken) =>
            {
                var account = await run.Api.Accounts.GetPublicAsync(run.Get(id), cancellationToken);
                run.Output.Answer(account, console => AccountViews.Public(console, account));
                return ExitCode.Ok;
            },
            id);
    }

    private static Command List(CommandFactory factory)
    {
        var status = new Option<Account.Types.Status?>("--status") { Description = "Only these", HelpName = "STATUS", CustomParser = Parsers.OneOf<Account.Types.Status>() };
        var tier = new Option<Account.Types.Tier?>("--tier") { Description = "Only these", HelpName = "TIER", CustomParser = Parsers.OneOf<Account.Types.Tier>() };
        var handle = new Option<string?>("--handle") { Description = "Only handles that begin so", HelpName = "PREFIX" };
        var limit = ChangeOptions.NewLimit();
        var pageToken = ChangeOptions.NewPageToken();
        status.CompletionSources.Add(Parsers.NamesOf<Account.Types.Status>());
        tier.CompletionSources.Add(Parsers.NamesOf<Account.Types.Tier>());
        return factory.New(
            "list",
            "Lists accounts. Role: service or staff.",
            async (run, cancellationToken) =>
            {
                var filter = new FilterText()
                    .Is("status", run.Get(status) is { } s ? Show.Name(s) : null)
                    .Is("tier", run.Get(tier) is { } t ? Show.Name(t) : null)
                    .IsText("handle", run.Get(handle) is { } h ? h.TrimEnd('*') + "*" : null)
                    .ToString();
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Accounts.ListPageAsync(new ListAccountsRequest { Filter = filter, PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Accounts.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Accounts.AddRange(page.Accounts);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => AccountViews.List(console, answer.Accounts));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            status, tier, handle, limit, pageToken);
    }

    private static Command Journal(CommandFactory factory)
    {
        var id = NewId();
        var limit = ChangeOptions.NewLimit();
        var pageToken = ChangeOptions.NewPageToken();
        return factory.New(
            "journal",
            "What happened to an account, newest first, refused attempts included. Role: staff or auditor.",
            async (run, cancellationToken) =>
            {
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Accounts.ListJournalPageAsync(new ListJournalEntriesRequest { Id = run.Get(id), PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Entries.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Entries.AddRange(page.Entries);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => JournalViews.Entries(console, answer.Entries, withStream: false));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            id, limit, pageToken);
    }
}
