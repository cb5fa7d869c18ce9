using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AccountGrid.Client;
using AccountGrid.V1;
using Google.Protobuf;

namespace AccountGrid.Cli.Commands;

/// <summary><c>policy</c>: the numbers behind the rules, and how two admins change them.</summary>
internal static class PolicyCommands
{
    public static Command Create(CommandFactory factory) => CommandFactory.Noun(
        "policy",
        "The numbers behind the rules: what is in force, and changes that wait for a second admin.",
        Get(factory),
        Diff(factory),
        Propose(factory),
        Approve(factory),
        Reject(factory),
        Withdraw(factory));

    private static Command Get(CommandFactory factory) => factory.Send(
        "get",
        "Shows what is in force, and what waits with its digest. Role: staff.",
        static (AccountGridClient api, GetPolicyRequest _, CancellationToken stop) => api.Policy.GetAsync(stop),
        PolicyViews.Detail);

    private static Command Diff(CommandFactory factory) => factory.Send(
        "diff",
        "Shows where the settings of the silo that answers differ from what is in force. Role: staff.",
        static (AccountGridClient api, DiffPolicyRequest _, CancellationToken stop) => api.Policy.DiffAsync(stop),
        PolicyViews.Differences);

    private static Command Propose(CommandFactory factory)
    {
        var values = new Argument<PolicyValue[]>("NAME=VALUE")
        {
            Description = "A setting as in the configuration, such as Accounts:ProtectedReach=500000; times as 36h",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = ParseValues,
        };
        return factory.Send(
            "propose",
            "Proposes other values, which wait for another admin (exit code 4). Role: admin.",
            static (AccountGridClient api, ProposePolicyRequest request, CancellationToken stop) =>
                api.Policy.ProposeAsync(request, stop),
            static (run, answer) => Report(run, answer, answer.Preview ?? answer.Policy, answer.Outcome),
            [RequestField.Of("settings", values), .. NewDecision()]);
    }

    private static Command Approve(CommandFactory factory) => factory.Send(
        "approve",
        "Approves as the second admin. What weakens a protection takes effect after a cool-off (exit code 4). "
            + "Role: admin; another person than the proposer.",
        static (AccountGridClient api, ApprovePolicyRequest request, CancellationToken stop) =>
            api.Policy.ApproveAsync(request, stop),
        static (run, answer) => Report(run, answer, answer.Preview ?? answer.Policy, answer.Outcome),
        [
            NewSequence(),
            RequestField.Of("digest", CommonOptions.Text(
                "--digest", "The digest of what you saw: anything else is refused", "HEX")),
            .. NewDecision(),
        ]);

    private static Command Reject(CommandFactory factory) => factory.Send(
        "reject",
        "Rejects a proposal, also one that waits for its cool-off. Role: admin.",
        static (AccountGridClient api, RejectPolicyRequest request, CancellationToken stop) =>
            api.Policy.RejectAsync(request, stop),
        static (run, answer) => Report(run, answer, answer.Preview ?? answer.Policy, Outcome.Done),
        [NewSequence(), .. NewDecision()]);

    private static Command Withdraw(CommandFactory factory) => factory.Send(
        "withdraw",
        "Withdraws what you proposed, also when it is approved and waits for its cool-off.",
        static (AccountGridClient api, WithdrawPolicyRequest request, CancellationToken stop) =>
            api.Policy.WithdrawAsync(request, stop),
        static (run, answer) => Report(run, answer, answer.Preview ?? answer.Policy, Outcome.Done),
        [NewSequence(), .. NewDecision()]);

    private static ExitCode Report(Invocation run, IMessage answer, Policy policy, Outcome outcome)
    {
        run.Output.Answer(answer, console => PolicyViews.Detail(console, policy));
        return ExitCodes.Of(outcome);
    }

    private static RequestField[] NewDecision() =>
    [
        RequestField.Of("note", CommonOptions.Note()),
        RequestField.Of("request_id", CommonOptions.RequestId()),
        RequestField.Of(
            "etag", CommonOptions.Text("--etag", "Act only if this is still the policy's etag", "ETAG")),
    ];

    private static RequestField NewSequence()
    {
        var sequence = new Argument<long>("PROPOSAL")
        {
            Description = "Its number, as policy get shows it",
            CustomParser = static result => Parsers.Whole(1, long.MaxValue)(result) ?? 0,
        };
        return RequestField.Of("sequence", sequence);
    }

    /// <summary>Names and values; a duration such as 36h is written as the server reads it.</summary>
    private static PolicyValue[] ParseValues(ArgumentResult result)
    {
        var values = new List<PolicyValue>();
        foreach (var token in result.Tokens)
        {
            var (text, at) = (token.Value, token.Value.IndexOf('=', StringComparison.Ordinal));
            if (at <= 0)
            {
                result.AddError($"NAME=VALUE: '{text}' is none, such as Accounts:ProtectedReach=500000.");
                return [];
            }

            var value = text[(at + 1)..];
            values.Add(new PolicyValue
            {
                Name = text[..at],
                Value = Parsers.TryDuration(value, out var time)
                    ? time.ToString("c", CultureInfo.InvariantCulture)
                    : value,
            });
        }

        return [.. values];
    }
}
