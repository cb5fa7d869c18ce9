using System.CommandLine;
using AccountGrid.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// The verbs of <c>account</c> that change one. A request id that is not given is made by the client, and survives
/// retries.
/// </summary>
internal static class AccountChangeCommands
{
    public static Command Deactivate(CommandFactory factory)
    {
        var (id, change) = (AccountCommands.NewId(), new ChangeOptions());
        var (at, directOnly, owner) = (NewAt(), NewDirectOnly(), NewOwner());
        return factory.New(
            "deactivate",
            "Takes an account down. Exit code 4: it waits for a second person or its time. Role: support; with --owner: service.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new DeactivateAccountRequest
                {
                    Id = run.Get(id),
                    At = Ahead(run, at),
                    DirectOnly = run.Get(directOnly),
                    Owner = run.Get(owner),
                });
                var answer = await run.Api.Accounts.DeactivateAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account, answer.Proposal);
            },
            [id, .. change.All, at, directOnly, owner]);
    }

    public static Command Suspend(CommandFactory factory)
    {
        var (id, change) = (AccountCommands.NewId(), new ChangeOptions());
        var (at, directOnly) = (NewAt(), NewDirectOnly());
        var until = new Option<InstantSpec?>("--until")
        {
            Description = "When it ends by itself: an instant, or how long from now, such as 7d",
            HelpName = "WHEN",
            CustomParser = Parsers.Instant,
        };
        return factory.New(
            "suspend",
            "Suspends an account, perhaps until an instant. Exit code 4: it waits. Role: support.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new SuspendAccountRequest
                {
                    Id = run.Get(id),
                    At = Ahead(run, at),
                    DirectOnly = run.Get(directOnly),
                    Until = Ahead(run, until),
                });
                var answer = await run.Api.Accounts.SuspendAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account, answer.Proposal);
            },
            [id, .. change.All, until, at, directOnly]);
    }

    public static Command Restore(CommandFactory factory)
    {
        var (id, change, owner) = (AccountCommands.NewId(), new ChangeOptions(), NewOwner());
        var kinds = new Option<Hold.Types.Kind[]>("--kind")
        {
            Description = "Lift only these holds [default: every one of your side]",
            HelpName = "KIND,...",
            CustomParser = Parsers.ManyOf<Hold.Types.Kind>,
            DefaultValueFactory = _ => [],
        };
        kinds.CompletionSources.Add(Parsers.NamesOf<Hold.Types.Kind>());
        return factory.New(
            "restore",
            "Brings an account back; takes one person, always. Role: support; with --owner: service.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new RestoreAccountRequest
                {
                    Id = run.Get(id),
                    Owner = run.Get(owner),
                    Kinds = { run.Get(kinds) ?? [] },
                });
                var answer = await run.Api.Accounts.RestoreAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account);
            },
            [id, .. change.All, kinds, owner]);
    }

    public static Command Erase(CommandFactory factory)
    {
        var (id, change, at, directOnly) = (AccountCommands.NewId(), new ChangeOptions(), NewAt(), NewDirectOnly());
        return factory.New(
            "erase",
            "Erases an account for good; takes two people, always. Exit code 4: it waits. Role: support.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new EraseAccountRequest
                {
                    Id = run.Get(id),
                    At = Ahead(run, at),
                    DirectOnly = run.Get(directOnly),
                });
                var answer = await run.Api.Accounts.EraseAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account, answer.Proposal);
            },
            [id, .. change.All, at, directOnly]);
    }

    public static Command Protect(CommandFactory factory)
    {
        var (id, change) = (AccountCommands.NewId(), new ChangeOptions());
        var ownedBy = new Option<string?>("--owned-by") { Description = "The operator who answers for it [default: you]", HelpName = "OPERATOR" };
        var review = new Option<InstantSpec?>("--review")
        {
            Description = "When somebody must look at it again, at most a year ahead [default: 90d]",
            HelpName = "WHEN",
            CustomParser = Parsers.Instant,
        };
        return factory.New(
            "protect",
            "Raises or renews an account's explicit protection; takes one person. Role: support.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new ProtectAccountRequest
                {
                    Id = run.Get(id),
                    Owner = run.Get(ownedBy) ?? "",
                    ReviewAt = Ahead(run, review),
                });
                var answer = await run.Api.Accounts.ProtectAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account);
            },
            [id, .. change.All, ownedBy, review]);
    }

    public static Command Unprotect(CommandFactory factory)
    {
        var (id, change, at, directOnly) = (AccountCommands.NewId(), new ChangeOptions(), NewAt(), NewDirectOnly());
        return factory.New(
            "unprotect",
            "Ends the explicit protection: two people and a cool-off. Exit code 4: it waits. Role: support.",
            async (run, cancellationToken) =>
            {
                var request = change.Fill(run, new UnprotectAccountRequest
                {
                    Id = run.Get(id),
                    At = Ahead(run, at),
                    DirectOnly = run.Get(directOnly),
                });
                var answer = await run.Api.Accounts.UnprotectAsync(request, cancellationToken);
                return Report(run, answer, answer.Outcome, answer.Account, answer.Proposal);
            },
            [id, .. change.All, at, directOnly]);
    }

    /// <summary>Prints what a change came to, and gives the exit code for it.</summary>
    public static ExitCode Report(Invocation run, IMessage answer, Outcome outcome, Account account, Proposal? proposal = null)
    {
        run.Output.Answer(answer, console =>
        {
            // An account says by itself what it waits for, unless it has already moved on.
            if (outcome == Outcome.Pending && proposal is not null && proposal.Id != account.OpenProposal?.Id)
            {
                AccountViews.Waits(console, proposal);
            }

            AccountViews.Detail(console, account);
        });
        return ExitCodes.Of(outcome);
    }

    private static Timestamp? Ahead(Invocation run, Option<InstantSpec?> option) =>
        run.Get(option) is { } when ? Timestamp.FromDateTimeOffset(when.Ahead(run.Clock)) : null;

    private static Option<InstantSpec?> NewAt() => new("--at")
    {
        Description = "When to do it, if later: an instant, or a distance such as 30m; everything is checked again then",
        HelpName = "WHEN",
        CustomParser = Parsers.Instant,
    };

    private static Option<bool> NewDirectOnly() => new("--direct-only")
    {
        Description = "Be refused with NEEDS_SECOND_PERSON rather than open a proposal",
    };

    private static Option<bool> NewOwner() => new("--owner") { Description = "On the owner's behalf. Role: service" };
}
