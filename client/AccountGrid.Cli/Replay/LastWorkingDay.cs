using AccountGrid.Client;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Health.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 1: the accounts with their followers, the protection, and the people.</summary>
internal static class LastWorkingDay
{
    private static readonly TimeSpan RestOfShift = TimeSpan.FromMinutes(30);

    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        var tell = stage.Tell;
        tell.Act("1. The last working day");
        await tell.MustAsync("", "The server takes requests", async () =>
        {
            var health = await stage.Cast.Network.Api.CheckHealthAsync(cancellationToken);
            return new Seen(health.Status == HealthCheckResponse.Types.ServingStatus.Serving, Show.Name(health.Status));
        });
        await EnrollAsync(stage, cancellationToken);
        await AccountAsync(
            stage, Stage.President, "president", "the president's account", stage.Scale.Followers, cancellationToken);
        await AccountAsync(
            stage,
            Stage.Bystander,
            "official_account",
            "another official account",
            stage.Scale.Bystander,
            cancellationToken);
        await tell.MustAsync(
            "",
            "Five small accounts, unprotected, are registered for this run",
            () => SmallOnesAsync(stage, cancellationToken));
        await tell.MustAsync(
            "",
            "The president's account is protected explicitly, with an owner and a review date",
            () => ProtectAsync(stage, cancellationToken));
    }

    private static async Task EnrollAsync(Stage stage, CancellationToken cancellationToken)
    {
        var cast = stage.Cast;
        await stage.Tell.MustAsync("", "Support's people are enrolled, by the first use of their tokens", async () =>
        {
            Operator[] people =
            [
                await UseAsync(cast.Agent, cancellationToken),
                await UseAsync(cast.Approver, cancellationToken),
                await UseAsync(cast.Supporter, cancellationToken),
                await UseAsync(cast.Hasty, cancellationToken),
                await UseAsync(cast.SecondContractor, cancellationToken),
                await UseAsync(cast.Auditor, cancellationToken),
            ];
            return new Seen(
                people.All(p => p.Standing == Operator.Types.Standing.Active),
                $"{people.Length} people, all with standing ACTIVE");
        });
        await stage.Tell.MustAsync("", "The contractor's authority ends with today's shift", async () =>
        {
            await UseAsync(cast.Contractor, cancellationToken);
            var contractor = await ShortenAsync(
                stage, cast.Contractor, stage.Clock.GetUtcNow() + RestOfShift, cancellationToken);
            return new Seen(
                contractor.Standing == Operator.Types.Standing.Notice,
                $"standing {Show.Name(contractor.Standing)} until {Show.Instant(contractor.AuthorityEndsAt)}: "
                    + "may propose, may not approve, and every harm needs a second person");
        });
    }

    /// <summary>With the development key a token's subject is enrolled when it first asks for something.</summary>
    private static Task<Operator> UseAsync(Person person, CancellationToken cancellationToken) =>
        person.Api.Operators.GetAsync(person.Id, cancellationToken);

    /// <summary>An end where there was none lowers power: one admin does it at once.</summary>
    private static async Task<Operator> ShortenAsync(
        Stage stage, Person person, DateTimeOffset ends, CancellationToken cancellationToken)
    {
        var request = new OffboardOperatorRequest
        {
            Id = person.Id,
            AuthorityEndsAt = Timestamp.FromDateTimeOffset(ends),
        };
        return (await stage.Cast.Admin.Api.Operators.OffboardAsync(request, cancellationToken)).Operator;
    }

    private static async Task AccountAsync(
        Stage stage, long id, string handle, string what, long followers, CancellationToken cancellationToken)
    {
        var isNew = await RegisterAsync(stage, id, handle, cancellationToken);
        await stage.Tell.MustAsync(
            "", $"{(isNew ? "Registered" : "Found")}: {what}", () => LookAtAsync(stage, id, cancellationToken));
        await stage.Tell.MustAsync(
            "",
            $"Its followers arrive ({stage.Scale.Label})",
            () => Crowd.ArriveAsync(stage, id, followers, cancellationToken));
    }

    private static async Task<bool> RegisterAsync(
        Stage stage, long id, string handle, CancellationToken cancellationToken)
    {
        var request = new RegisterAccountRequest { Id = id, Handle = handle };
        try
        {
            await stage.Cast.Network.Api.Accounts.RegisterAsync(request, cancellationToken);
            return true;
        }
        catch (AccountGridException e) when (e.Reason == AccountGridReasons.AlreadyExists)
        {
            return false;
        }
    }

    // An aborted earlier replay may have left it down or something pending. Only what a replay did is put back;
    // anything else is not ours.
    private static async Task<Seen> LookAtAsync(Stage stage, long id, CancellationToken cancellationToken)
    {
        var account = await stage.AccountAsync(id, cancellationToken);
        var said = "";
        if (account.OpenProposal is { } pending && Cast.IsOfAReplay(pending.ProposedBy.Subject))
        {
            await stage.Cast.Agent.Api.Proposals.RejectAsync(
                new RejectProposalRequest { Id = pending.Id }, cancellationToken);
            said = " (rejected what an earlier replay left pending)";
        }

        if (account.Holds.Count > 0 && account.Holds.All(h => Cast.IsOfAReplay(h.PlacedBy.Subject)))
        {
            await Stage.RestoreAsync(stage.Cast.Agent, id, "ERROR", cancellationToken);
            said += " (restored what an earlier replay left down)";
        }

        account = await stage.AccountAsync(id, cancellationToken);
        if (id == Stage.Bystander)
        {
            stage.BystanderBefore = account;
        }

        var ready = account.Status == Account.Types.Status.Active && account.OpenProposal is null;
        return new Seen(ready, $"{account.Id} @{account.Handle} is {Show.Name(account.Status)}{said}"
            + (account.OpenProposal is { } p ? $", and {p.Id} waits" : "")
            + (account.Holds.FirstOrDefault() is { } hold
                ? $": {Show.Name(hold.Kind)} by {hold.PlacedBy.Subject}"
                : ""));
    }

    private static async Task<Seen> SmallOnesAsync(Stage stage, CancellationToken cancellationToken)
    {
        foreach (var id in stage.Small)
        {
            if (!await RegisterAsync(stage, id, $"replay_{id % 1_000_000_000}", cancellationToken))
            {
                return Seen.Wrong($"{id} exists already");
            }

            var crowd = await Crowd.ArriveAsync(stage, id, 100, cancellationToken);
            if (!crowd.Ok)
            {
                return crowd;
            }
        }

        var accounts = await Task.WhenAll(stage.Small.Select(id => stage.AccountAsync(id, cancellationToken)));
        return new Seen(
            accounts.All(a => a.Tier == Account.Types.Tier.Standard && a.Status == Account.Types.Status.Active),
            $"{stage.Small[0]} to {stage.Small[^1]}, 100 followers each, tier STANDARD");
    }

    private static async Task<Seen> ProtectAsync(Stage stage, CancellationToken cancellationToken)
    {
        var request = new ProtectAccountRequest
        {
            Id = Stage.President,
            Reason = "OTHER",
            Note = "a head of state",
            Owner = stage.Cast.Agent.Id,
            ReviewAt = Timestamp.FromDateTimeOffset(stage.Clock.GetUtcNow() + TimeSpan.FromDays(90)),
        };
        var account = (await stage.Cast.Agent.Api.Accounts.ProtectAsync(request, cancellationToken)).Account;
        return new Seen(
            account.Tier == Account.Types.Tier.Protected && account.Protection is not null,
            $"tier {Show.Name(account.Tier)}, review {Show.Instant(account.Protection?.ReviewAt)}"
                + (stage.Scale.Followers < 1_000_000 ? "; at full size its reach alone would protect it" : ""));
    }
}
