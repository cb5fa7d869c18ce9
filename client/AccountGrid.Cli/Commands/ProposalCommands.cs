using System.CommandLine;
using System.Globalization;
using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Commands;

/// <summary><c>proposal</c>: what waits, and the decisions of the second person.</summary>
internal static class ProposalCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "proposal",
        "Harmful actions and changes of power that wait for a second person or their time.",
        List(factory),
        Get(factory),
        Approve(factory),
        Reject(factory),
        Withdraw(factory));

    private static Command List(CommandFactory factory)
    {
        var by = CommonOptions.Text("--by", "Only what this person proposed", "NAME");
        return factory.List(
            "list",
            "Lists what waits. Role: staff.",
            run => new ListProposalsRequest
            {
                Filter = new FilterText().IsText("proposed_by", run.Get(by)).ToString(),
            },
            static (api, request, stop) => api.Proposals.ListPageAsync(request, stop),
            static page => page.Proposals,
            ProposalViews.List,
            symbols: by);
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
                var found = OperatorOf(wanted) is { Length: > 0 } person
                    ? (await run.Api.Operators.GetAsync(person, cancellationToken)).OpenProposal
                    : (await run.Api.Accounts.GetAsync(AccountOf(wanted), cancellationToken: cancellationToken))
                        .OpenProposal;
                if (found?.Id != wanted)
                {
                    throw new CliException(ExitCode.NotFound, $"Nothing waits under {wanted}.");
                }

                run.Output.Answer(found, console => ProposalViews.Detail(console, found));
                return ExitCode.Ok;
            },
            id);
    }

    private static Command Approve(CommandFactory factory) => factory.Send(
        "approve",
        "Approves as the second person. Role: approver (admin for an operator); another person than the proposer.",
        static (AccountGridClient api, ApproveProposalRequest request, CancellationToken stop) =>
            api.Proposals.ApproveAsync(request, stop),
        AccountChangeCommands.Report,
        [
            RequestField.Of("id", NewId()),
            RequestField.Of("digest", CommonOptions.Text(
                "--digest", "The digest of what you saw: anything else is refused", "HEX")),
            .. NewDecision(),
        ]);

    private static Command Reject(CommandFactory factory) => factory.Send(
        "reject",
        "Rejects a proposal. Role: support or approver (admin for an operator).",
        static (AccountGridClient api, RejectProposalRequest request, CancellationToken stop) =>
            api.Proposals.RejectAsync(request, stop),
        AccountChangeCommands.Report,
        [RequestField.Of("id", NewId()), .. NewDecision()]);

    private static Command Withdraw(CommandFactory factory) => factory.Send(
        "withdraw",
        "Withdraws what you proposed, also when it is approved and waits for its time.",
        static (AccountGridClient api, WithdrawProposalRequest request, CancellationToken stop) =>
            api.Proposals.WithdrawAsync(request, stop),
        AccountChangeCommands.Report,
        [RequestField.Of("id", NewId()), .. NewDecision()]);

    private static RequestField[] NewDecision() =>
    [
        RequestField.Of("note", CommonOptions.Note()),
        RequestField.Of("request_id", CommonOptions.RequestId()),
    ];

    private static Argument<string> NewId()
    {
        var id = new Argument<string>("PROPOSAL")
        {
            Description = "Its id, such as 25073877-7 on an account or kim~7 on an operator",
        };
        id.Validators.Add(result =>
        {
            var text = result.Tokens[^1].Value;
            if (!TryAccountOf(text, out _) && OperatorOf(text).Length == 0)
            {
                result.AddError($"PROPOSAL: '{text}' is no proposal id such as 25073877-7 or kim~7.");
            }
        });
        return id;
    }

    /// <summary>The operator of a proposal about power; empty where it is about an account.</summary>
    private static string OperatorOf(string proposal)
    {
        var tilde = proposal.LastIndexOf('~');
        return tilde > 0 && TryPositive(proposal.AsSpan(tilde + 1), out _) ? proposal[..tilde] : "";
    }

    private static long AccountOf(string proposal) =>
        TryAccountOf(proposal, out var account) ? account : throw new FormatException(proposal);

    private static bool TryAccountOf(string proposal, out long account)
    {
        account = 0;
        var dash = proposal.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && TryPositive(proposal.AsSpan(0, dash), out account)
            && TryPositive(proposal.AsSpan(dash + 1), out _);
    }

    private static bool TryPositive(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
