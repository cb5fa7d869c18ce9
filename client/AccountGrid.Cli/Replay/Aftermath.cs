using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>Act 6: who did it, undoing what one person did, and whether the record can be trusted.</summary>
internal static class Aftermath
{
    public static async Task TellAsync(Stage stage, CancellationToken cancellationToken)
    {
        stage.Tell.Act("6. Who did it, and what is it worth?");
        await stage.Tell.StepAsync("22:00", "The incident report", () => ReportAsync(stage, cancellationToken));
        if (stage.Measured.Incident is { } incident)
        {
            stage.Tell.Aside(console => console.Write(new Spectre.Console.Padder(
                JournalViews.IncidentFacts(incident), new Spectre.Console.Padding(11, 0, 0, 0))));
        }

        await stage.Tell.StepAsync(
            "", "The journal knows what the contractor tried", () => AttemptsAsync(stage, cancellationToken));
        await UndoAsync(stage, cancellationToken);
        await stage.Tell.StepAsync("", "The audit recomputes every chain, root and signature", async () =>
        {
            var answer = await stage.Cast.Auditor.Api.Audit.VerifyAsync(cancellationToken);
            stage.Measured.Audit = answer;
            return new Seen(answer.Intact && answer.Entries > 0, answer.Intact
                ? $"intact: {Show.Count(answer.Entries)} entries in {Show.Count(answer.Streams)} journals, "
                    + $"{Show.Count(answer.Checkpoints)} checkpoints"
                : $"NOT INTACT: {answer.ProblemKind}: {answer.Problem}");
        });
    }

    private static async Task<Seen> ReportAsync(Stage stage, CancellationToken cancellationToken)
    {
        var started = stage.Clock.GetTimestamp();
        var answer = await stage.Cast.Agent.Api.Accounts.ListIncidentsAsync(Stage.President, 1, cancellationToken);
        stage.Measured.Report = stage.Clock.GetElapsedTime(started);
        if (answer.Incidents.Count == 0)
        {
            return Seen.Wrong("there is no incident");
        }

        var incident = answer.Incidents[0];
        stage.Measured.Incident = incident;
        stage.Measured.Down = incident.Until is null
            ? null
            : incident.Until.ToDateTimeOffset() - incident.From.ToDateTimeOffset();
        var (agent, approver, healer) = (stage.Cast.Agent.Id, stage.Cast.Approver.Id, stage.Cast.Supporter.Id);
        return new Seen(
            incident.PlacedBy?.Subject == agent && incident.ApprovedBy == approver
                && incident.EndedBy?.Subject == healer && incident.Until is not null
                && incident.ReadsRefused >= stage.Measured.VisitorsRefused && incident.TraceIds.Count > 0
                && incident.HasFollowers && incident.Followers == stage.Before!.Followers.Count,
            $"down {JournalViews.Length(incident)} by {incident.PlacedBy?.Subject}, approved by {incident.ApprovedBy}, "
                + $"ended by {incident.EndedBy?.Subject}; {Show.Count(incident.ReadsRefused)} reads refused, "
                + $"{incident.TraceIds.Count} traces");
    }

    private static async Task<Seen> AttemptsAsync(Stage stage, CancellationToken cancellationToken)
    {
        var journal = await stage.JournalAsync(Stage.President, cancellationToken);
        var attempts = journal.Where(e => e.Actor?.Subject == stage.Cast.Contractor.Id)
            .Select(e => e.Type).Reverse().ToArray();
        return new Seen(
            attempts.Length >= 3,
            $"{attempts.Length} entries of {stage.Cast.Contractor.Id}: {string.Join(", ", attempts)}");
    }

    private static async Task UndoAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (tell, cast) = (stage.Tell, stage.Cast);
        var three = stage.Small.Skip(2).ToArray();
        DateTimeOffset since = default;
        var areDown = await tell.StepAsync(
            "", "A hasty colleague takes down three unprotected accounts, allowed alone", async () =>
            {
                var answers = new List<DeactivateAccountResponse>();
                foreach (var id in three)
                {
                    answers.Add(await Stage.DeactivateAsync(cast.Hasty, id, "SPAM", cancellationToken));
                }

                // By the server's clock, from the first of them.
                since = answers[0].Account.Holds.Count > 0
                    ? answers[0].Account.Holds[0].At.ToDateTimeOffset()
                    : stage.Clock.GetUtcNow();
                return new Seen(
                    answers.All(a => a.Outcome == Outcome.Done && a.Account.Status == Account.Types.Status.Deactivated),
                    string.Join(", ", answers.Select(a => $"{a.Account.Id} {Show.Name(a.Account.Status)}")));
            });
        if (!areDown)
        {
            return;
        }

        await tell.StepAsync("", "A colleague asks what undoing all of that person's acts would restore", async () =>
        {
            var answer = await UndoAsync(stage, since, dryRun: true, cancellationToken);
            var accounts = await Task.WhenAll(three.Select(id => stage.AccountAsync(id, cancellationToken)));
            return new Seen(
                answer.RestoredIds.SequenceEqual(three) && answer.Failures.Count == 0
                    && accounts.All(a => a.Status == Account.Types.Status.Deactivated),
                $"these {answer.RestoredIds.Count}, and restores none yet");
        });
        await tell.StepAsync("", "The colleague undoes them", async () =>
        {
            var answer = await UndoAsync(stage, since, dryRun: false, cancellationToken);
            var accounts = await Task.WhenAll(three.Select(id => stage.AccountAsync(id, cancellationToken)));
            stage.Measured.Undone = answer.RestoredIds.Count;
            return new Seen(
                answer.RestoredIds.SequenceEqual(three) && answer.Failures.Count == 0
                    && accounts.All(a => a.Status == Account.Types.Status.Active && a.Followers.Count == 100),
                $"{answer.RestoredIds.Count} restored, all ACTIVE with their 100 followers");
        });
        await tell.StepAsync("", "Each journal says who took it down and who brought it back", async () =>
        {
            var journals = await Task.WhenAll(three.Select(id => stage.JournalAsync(id, cancellationToken)));
            return new Seen(
                journals.All(j => j.Any(e => e.Type == "hold-placed" && e.Actor.Subject == cast.Hasty.Id)
                    && j.Any(e => e.Type == "hold-lifted" && e.Actor.Subject == cast.Agent.Id)),
                $"hold-placed by {cast.Hasty.Id}, hold-lifted by {cast.Agent.Id}");
        });
    }

    private static Task<UndoOperatorResponse> UndoAsync(
        Stage stage, DateTimeOffset since, bool dryRun, CancellationToken cancellationToken)
    {
        var request = new UndoOperatorRequest
        {
            Id = stage.Cast.Hasty.Id,
            Since = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(since),
            DryRun = dryRun,
            Note = "replay of 2 November 2017",
        };
        return stage.Cast.Agent.Api.Operators.UndoAsync(request, cancellationToken);
    }
}
