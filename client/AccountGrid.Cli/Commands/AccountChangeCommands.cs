using System.CommandLine;
using AccountGrid.Client;
using AccountGrid.V1;
using Google.Protobuf;
using Spectre.Console;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// The verbs of <c>account</c> that change one. A request id that is not given is made by the client, and survives
/// retries.
/// </summary>
internal static class AccountChangeCommands
{
    /// <summary>All of them, in the order of the help.</summary>
    public static Command[] All(CommandFactory factory) =>
    [
        New(
            factory,
            "deactivate",
            "Takes an account down. Exit code 4: it waits for a second person or its time. "
                + "Role: support; with --owner: service.",
            static (AccountGridClient api, DeactivateAccountRequest request, CancellationToken stop) =>
                api.Accounts.DeactivateAsync(request, stop),
            NewAt(), NewDirectOnly(), NewOwner()),
        New(
            factory,
            "suspend",
            "Suspends an account, perhaps until an instant. Exit code 4: it waits. Role: support.",
            static (AccountGridClient api, SuspendAccountRequest request, CancellationToken stop) =>
                api.Accounts.SuspendAsync(request, stop),
            NewUntil(), NewAt(), NewDirectOnly()),
        New(
            factory,
            "change-suspension",
            "Moves the end of a running suspension, or removes it. A later end is a harm: exit code 4, it waits. "
                + "Role: support.",
            static (AccountGridClient api, ChangeSuspensionRequest request, CancellationToken stop) =>
                api.Accounts.ChangeSuspensionAsync(request, stop),
            NewUntil(), NewDirectOnly()),
        New(
            factory,
            "restore",
            "Brings an account back; takes one person, always. Role: support; with --owner: service.",
            static (AccountGridClient api, RestoreAccountRequest request, CancellationToken stop) =>
                api.Accounts.RestoreAsync(request, stop),
            NewKinds(), NewOwner()),
        New(
            factory,
            "erase",
            "Erases an account for good; takes two people, always. Exit code 4: it waits. Role: support.",
            static (AccountGridClient api, EraseAccountRequest request, CancellationToken stop) =>
                api.Accounts.EraseAsync(request, stop),
            NewAt(), NewDirectOnly()),
        .. Protections(factory),
    ];

    /// <summary>Those about protection and what it limits.</summary>
    private static Command[] Protections(CommandFactory factory) =>
    [
        New(
            factory,
            "protect",
            "Raises or renews an account's explicit protection; takes one person. Role: support.",
            static (AccountGridClient api, ProtectAccountRequest request, CancellationToken stop) =>
                api.Accounts.ProtectAsync(request, stop),
            NewOwnedBy(), NewReview()),
        New(
            factory,
            "unprotect",
            "Ends the explicit protection: two people and a cool-off. Exit code 4: it waits. Role: support.",
            static (AccountGridClient api, UnprotectAccountRequest request, CancellationToken stop) =>
                api.Accounts.UnprotectAsync(request, stop),
            NewAt(), NewDirectOnly()),
        New(
            factory,
            "allow-loss",
            "Lets a protected account lose more followers than the limit; takes two people, always. Exit code 4: it "
                + "waits. Role: support.",
            static (AccountGridClient api, AllowFollowerLossRequest request, CancellationToken stop) =>
                api.Accounts.AllowFollowerLossAsync(request, stop),
            NewLoss(), NewUntil(required: true)),
        New(
            factory,
            "close-loss",
            "Ends the allowance to lose followers before its time; takes one person. Role: support or approver.",
            static (AccountGridClient api, CloseFollowerLossRequest request, CancellationToken stop) =>
                api.Accounts.CloseFollowerLossAsync(request, stop)),
    ];

    /// <summary>
    /// Prints the outcome of a change, or what it would come to, and gives the exit code for it. An answer that has no
    /// outcome says that the change is done.
    /// </summary>
    public static ExitCode Report(Invocation run, IMessage answer)
    {
        if (Read("operator") is Operator person)
        {
            return OperatorCommands.Report(
                run, answer, Read("operator_preview") as Operator ?? person, Read("outcome"), Read("proposal"));
        }

        var preview = Read("preview") as Preview;
        var account = preview?.Account ?? (Account)Read("account")!;
        var outcome = Read("outcome") is Outcome said ? said : Outcome.Done;
        run.Output.Answer(answer, console =>
        {
            // An account says by itself what it waits for, unless it has already moved on.
            if (outcome == Outcome.Pending
                && Read("proposal") is Proposal proposal && proposal.Id != account.OpenProposal?.Id)
            {
                AccountViews.Waits(console, proposal);
            }

            AccountViews.Detail(console, account);
            if (preview?.BudgetLeft is { } left)
            {
                console.MarkupLine($"Left of the budget: {Show.Count(left.Harms)} harmful actions, "
                    + $"{Show.Count(left.Reach)} followers");
            }
        });
        return ExitCodes.Of(outcome);

        object? Read(string field) => answer.Descriptor.FindFieldByName(field)?.Accessor.GetValue(answer);
    }

    private static Command New<TRequest, TAnswer>(
        CommandFactory factory,
        string name,
        string description,
        Func<AccountGridClient, TRequest, CancellationToken, Task<TAnswer>> send,
        params ReadOnlySpan<RequestField> own)
        where TRequest : IMessage, new()
        where TAnswer : IMessage =>
        factory.Send(
            name,
            description,
            send,
            (run, answer) => Report(run, answer),
            [
                AccountCommands.NewId(),
                NewReason(),
                RequestField.Of("note", CommonOptions.Note()),
                RequestField.Of(
                    "ticket",
                    CommonOptions.Text("--ticket", "A reference into a ticket system, up to 64 characters", "REF")),
                RequestField.Of("request_id", CommonOptions.RequestId()),
                RequestField.Of(
                    "etag", CommonOptions.Text("--etag", "Act only if this is still the account's etag", "ETAG")),
                .. own,
            ]);

    private static RequestField NewReason()
    {
        var option = new Option<string>("--reason")
        {
            Description = "Why: a reason code of the installation",
            HelpName = "CODE",
            Required = true,
        };
        option.CompletionSources.Add(
            "IMPERSONATION", "SPAM", "ABUSE", "COMPROMISED", "LEGAL", "OWNER_REQUEST", "ERROR", "OTHER");
        return RequestField.Of("reason", option);
    }

    private static RequestField NewAt() => RequestField.Ahead("at", CommonOptions.Instant(
        "--at",
        "When to do it, if later: an instant, or a distance such as 30m; everything is checked again then"));

    private static RequestField NewUntil(bool required = false) => RequestField.Ahead("until", CommonOptions.Instant(
        "--until", "When it ends by itself: an instant, or how long from now, such as 7d", required));

    private static RequestField NewLoss()
    {
        var option = CommonOptions.Whole(
            "--followers", "How many more followers may be lost, in all", 1, 1_000_000_000_000);
        option.Required = true;
        return RequestField.Of("followers", option);
    }

    private static RequestField NewReview() => RequestField.Ahead("review_at", CommonOptions.Instant(
        "--review", "When a person must look at it again, at most a year ahead [default: 90d]"));

    private static RequestField NewDirectOnly() => RequestField.Of("direct_only", new Option<bool>("--direct-only")
    {
        Description = "Be refused with NEEDS_SECOND_PERSON rather than open a proposal",
    });

    private static RequestField NewOwner() =>
        RequestField.Of(
            "owner", new Option<bool>("--owner") { Description = "On the owner's behalf. Role: owner-agent" });

    private static RequestField NewOwnedBy() => RequestField.Of("owner", CommonOptions.Text(
        "--owned-by", "The operator who answers for it [default: you]", "OPERATOR"));

    private static RequestField NewKinds()
    {
        var option = new Option<Hold.Types.Kind[]>("--kind")
        {
            Description = "Lift only these holds [default: every one of your side]",
            HelpName = "KIND,...",
            CustomParser = Parsers.ManyOf<Hold.Types.Kind>,
            DefaultValueFactory = _ => [],
        };
        option.CompletionSources.Add(Parsers.NamesOf<Hold.Types.Kind>());
        return RequestField.Of("kinds", option);
    }
}
