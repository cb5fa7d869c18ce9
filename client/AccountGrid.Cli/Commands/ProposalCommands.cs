using System.CommandLine;
using System.Globalization;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>proposal</c>: the second person.</summary>
internal static class ProposalCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "proposal",
        "Harmful actions that wait for a second person or their time.",
        List(factory),
        Get(factory),
        Approve(factory),
        Reject(factory),
        Withdraw(factory));

    private static Command List(CommandFactory factory)
    {
        var by = new Option<string?>("--by") { Description = "Only what this person proposed", HelpName = "NAME" };
        var (limit, pageToken) = (ChangeOptions.NewLimit(), ChangeOptions.NewPageToken());
        return factory.New(
            "list",
            "Lists what waits. Role: staff.",
            async (run, cancellationToken) =>
            {
                var filter = new FilterText().IsText("proposed_by", run.Get(by)).ToString();
                var answer = await Paging.CollectAsync(
                    run.Get(limit)!.Value,
                    run.Get(pageToken),
                    (size, token) => run.Api.Proposals.ListPageAsync(new ListProposalsRequest { Filter = filter, PageSize = size, PageToken = token }, cancellationToken),
                    page => page.Proposals.Count,
                    page => page.NextPageToken,
                    (all, page) =>
                    {
                        all.Proposals.AddRange(page.Proposals);
                        all.NextPageToken = page.NextPageToken;
                    });
                run.Output.Answer(answer, console => ProposalViews.List(console, answer.Proposals));
                Paging.NoteMore(run.Output, answer.NextPageToken);
                return ExitCode.Ok;
            },
            by, limit, pageToken);
    }

    private static Command Get(CommandFactory factory)
    {
        var id = NewId();
        return factory.New(
            "get",
            "Shows what waits, with the digest to send back when approving. Role: staff.",
            async (run, cancellationToken) =>
            {
                var wanted = run.Get(id);
                var account = await run.Api.Accounts.GetAsync(AccountOf(wanted), cancellationToken: cancellationToken);
                if (account.OpenProposal?.Id != wanted)
                {
                    throw new CliException(ExitCode.NotFound, $"Nothing waits under {wanted}.");
                }

                run.Output.Answer(account.OpenProposal, console => ProposalViews.Detail(console, account.OpenProposal));
                return ExitCode.Ok;
            },
            id);
    }

    private static Command Approve(CommandFactory factory)
    {
        var (id, note, requestId) = (NewId(), ChangeOptions.NewNote(), ChangeOptions.NewRequestId());
        var digest = new Option<string?>("--digest") { Description = "The digest of what you saw: anything else is refused", HelpName = "HEX" };
        return factory.New(
            "approve",
            "Approves as the second person. Role: approver; another person than the proposer.",
            async (run, cancellationToken) =>
            {
                var request = new ApproveProposalRequest
                {
                    Id = run.Get(id),
                    Digest = run.Get(digest) ?? "",
                    Note = run.Get(note) ?? "",
                    RequestId = run.Get(requestId) ?? "",
                };
                var answer = await run.Api.Proposals.ApproveAsync(request, cancellationToken);
                return AccountChangeCommands.Report(run, answer, answer.Outcome, answer.Account, answer.Proposal);
            },
            id, digest, note, requestId);
    }

    private static Command Reject(CommandFactory factory)
    {
        var (id, note, requestId) = (NewId(), ChangeOptions.NewNote(), ChangeOptions.NewRequestId());
        return factory.New(
            "reject",
            "Rejects what somebody proposed. Role: support or approver.",
            async (run, cancellationToken) =>
            {
                var request = new RejectProposalRequest { Id = run.Get(id), Note = run.Get(note) ?? "", RequestId = run.Get(requestId) ?? "" };
                var answer = await run.Api.Proposals.RejectAsync(request, cancellationToken);
                return AccountChangeCommands.Report(run, answer, Outcome.Done, answer.Account);
            },
            id, note, requestId);
    }

    private static Command Withdraw(CommandFactory factory)
    {
        var (id, note, requestId) = (NewId(), ChangeOptions.NewNote(), ChangeOptions.NewRequestId());
        return factory.New(
            "withdraw",
            "Withdraws what you proposed, also when it is approved and waits for its time.",
            async (run, cancellationToken) =>
            {
                var request = new WithdrawProposalRequest { Id = run.Get(id), Note = run.Get(note) ?? "", RequestId = run.Get(requestId) ?? "" };
                var answer = await run.Api.Proposals.WithdrawAsync(request, cancellationToken);
                return AccountChangeCommands.Report(run, answer, Outcome.Done, answer.Account);
            },
            id, note, requestId);
    }

    private static Argument<string> NewId()
    {
        var id = new Argument<string>("PROPOSAL") { Description = "Its id: account and journal sequence, such as 25073877-7" };
        id.Validators.Add(result =>
        {
            if (!TryAccountOf(result.Tokens[^1].Value, out _))
            {
                result.AddError($"PROPOSAL: '{result.Tokens[^1].Value}' is no proposal id such as 25073877-7.");
            }
        });
        return id;
    }

    private static long AccountOf(string proposal) => TryAccountOf(proposal, out var account) ? account : throw new FormatException(proposal);

    private static bool TryAccountOf(string proposal, out long account)
    {
        account = 0;
        var dash = proposal.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(proposal.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out account) && account > 0
            && long.TryParse(proposal.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0;
    }
}
