using Grpc.Core;

namespace AccountGrid.Conformance.Wire;

/// <summary>An account's journal and what it tells: entries, traces, incidents.</summary>
public abstract class HistorySuite(Topology topology) : WireSuite(topology)
{
    [Theory, BothProtocols]
    public async Task The_journal_is_read_newest_first_page_by_page_with_its_refused_attempts(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var auditor = cast.Meet("auditor", "auditor");
        await WireClient.ErrorAsync(
            auditor.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, Options));
        await cast.Kim.Wire.Accounts.DeactivateAccountAsync(
            new() { Id = id, Reason = "SPAM", Note = "seen", RequestId = "r-1" }, Options);
        await cast.Kim.UpAsync(id);
        var entries = new List<V1.JournalEntry>();
        var token = "";
        do
        {
            var page = await auditor.Wire.Accounts.ListJournalEntriesAsync(
                new() { Id = id, PageSize = 3, PageToken = token }, Options);
            entries.AddRange(page.Entries);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        Assert.Equal(["4 hold-lifted", "3 hold-placed", "2 attempt-refused", "1 registered"],
            entries.Select(static e => $"{e.Sequence} {e.Type}"));
        Assert.All(entries, e => Assert.Equal($"a/{id}", e.Stream));
        Assert.All(entries, static e => Assert.Matches("^[0-9a-f]{64}$", e.Hash));
        Assert.Equal((cast.Kim.Name, "r-1"), (entries[1].Actor.Subject, entries[1].RequestId));
        Assert.Equal("seen", entries[1].Data.Fields["action"].StructValue.Fields["note"].StringValue);
        Assert.Equal(auditor.Name, entries[2].Actor.Subject);
        Assert.Equal((V1.Actor.Types.Kind.Service, cast.Shop.Name), (entries[3].Actor.Kind, entries[3].Actor.Subject));
    }

    [Theory, BothProtocols]
    public async Task An_incident_tells_who_took_it_down_who_agreed_and_who_brought_it_back(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        var pending = await cast.Kim.DownAsync(id);
        var down = await cast.Lee.ApproveAsync(pending.Proposal);
        var open =
            Assert.Single((await cast.Lee.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents);
        Assert.Null(open.Until);
        foreach (var gateway in Grid.Everywhere)
        {
            await WireClient.ErrorAsync(
                cast.Shop.At(gateway).Accounts.GetPublicAccountAsync(new() { Id = id }, Options));
        }

        await cast.Lee.UpAsync(id);
        await cast.Lee.ApproveAsync((await cast.OwnerDownAsync(id)).Proposal);
        var incidents = (await cast.Kim.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents;
        Assert.Equal([V1.Actor.Types.Kind.Service, V1.Actor.Types.Kind.Operator],
            incidents.Select(static i => i.PlacedBy.Kind));
        var told = incidents[1];
        Assert.Equal((cast.Kim.Name, cast.Lee.Name, cast.Lee.Name),
            (told.PlacedBy.Subject, told.ApprovedBy, told.EndedBy.Subject));
        Assert.Equal(("SPAM", V1.Account.Types.Status.Deactivated, Topology.ProtectedReach),
            (told.Reason, told.Status, told.Followers));
        Assert.Equal(down.Account.Holds[0].At, told.From);
        Assert.True(told.Until.ToDateTimeOffset() > told.From.ToDateTimeOffset());
        Assert.Equal(Grid.Everywhere.Count, told.ReadsRefused);
        Assert.Equal([3L, 4L, 5L], told.Sequences);
        Assert.Equal(3, told.TraceIds.Distinct().Count());
    }

    // It named the first one only.
    [Theory, BothProtocols]
    public async Task An_incident_names_everyone_who_approved(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync(Topology.ProtectedReach);
        await cast.Lee.ApproveAsync((await cast.Kim.DownAsync(id)).Proposal);
        var suspended = await cast.Lee.Wire.Accounts.SuspendAccountAsync(
            new() { Id = id, Reason = "ABUSE", Until = In(TimeSpan.FromDays(1)) }, Options);
        await cast.Kim.ApproveAsync(suspended.Proposal);

        var incident =
            Assert.Single((await cast.Lee.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents);
        Assert.Equal(cast.Lee.Name, incident.ApprovedBy);
        Assert.Equal([cast.Lee.Name, cast.Kim.Name], incident.Approvers);
    }

    [Theory, BothProtocols]
    public async Task Every_answer_names_its_trace_and_the_journal_names_the_same(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        var trace = $"0af7651916cd43dd{id:x16}";
        var options = Options.WithHeaders(new Metadata { { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } });
        using var down = cast.Kim.Wire.Accounts.DeactivateAccountAsync(new() { Id = id, Reason = "SPAM" }, options);
        Assert.Equal(trace, (await down.ResponseHeadersAsync).GetValue("trace-id"));
        await down;
        using var up = cast.Kim.Wire.Accounts.RestoreAccountAsync(new() { Id = id, Reason = "ERROR" }, Options);
        var traceOfRestore = (await up.ResponseHeadersAsync).GetValue("trace-id");
        await up;
        var journal = await cast.Kim.Wire.Accounts.ListJournalEntriesAsync(new() { Id = id }, Options);
        Assert.Equal([traceOfRestore, trace], journal.Entries.Take(2).Select(static e => e.TraceId));
        var incident =
            Assert.Single((await cast.Kim.Wire.Accounts.ListIncidentsAsync(new() { Id = id }, Options)).Incidents);
        Assert.Equal([trace, traceOfRestore], incident.TraceIds);
    }

    [Theory, BothProtocols]
    public async Task What_became_of_a_command_is_told_to_staff_step_by_step(Protocol protocol)
    {
        var cast = Meet(protocol);
        var id = await cast.RegisterAsync();
        using var call =
            cast.Kim.Wire.Accounts.DeactivateAccountAsync(
                new() { Id = id, Reason = "SPAM", Note = "nobody's business" }, Options);
        var trace = (await call.ResponseHeadersAsync).GetValue("trace-id");
        await call;
        var told = await CompleteAsync(
            () => cast.Kim.Wire.Traces.GetTraceAsync(new() { Id = trace }, Options), static t => t.Missing);
        var execute = Assert.Single(told.Spans, static s => s.Name == "account.execute");
        Assert.Equal(("deactivate", "done", $"{id}", cast.Kim.Name), (
            execute.Attributes["accountgrid.action"], execute.Attributes["accountgrid.outcome"],
            execute.Attributes["accountgrid.account"], execute.Attributes["enduser.id"]));
        Assert.Contains(told.Spans, s => s.Name == "journal.append" && s.ParentSpanId == execute.SpanId);
        Assert.DoesNotContain("business", told.ToString(), StringComparison.Ordinal);
        var listed = await CompleteAsync(
            () => cast.Kim.Wire.Traces.ListTracesAsync(new() { Account = id, Actor = cast.Kim.Name }, Options),
            static t => t.Missing);
        Assert.Equal([trace], listed.Traces.Where(static t => t.Action == "deactivate").Select(static t => t.TraceId));
        Assert.Equal("NOT_FOUND",
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Traces.GetTraceAsync(new() { Id = new string('f', 32) }, Options))).Reason);
        Assert.Equal(["id"],
            (await WireClient.ErrorAsync(
                cast.Kim.Wire.Traces.GetTraceAsync(new() { Id = new string('0', 32) }, Options))).Fields);
        Assert.Equal("FORBIDDEN_ROLE",
            (await WireClient.ErrorAsync(cast.Shop.Wire.Traces.GetTraceAsync(new() { Id = trace }, Options))).Reason);
    }

    /// <summary>
    /// Asks until every silo has answered: on a machine that is busy with all the other tests one may take longer than
    /// it is given, and is then named as missing.
    /// </summary>
    private static async Task<T> CompleteAsync<T>(
        Func<AsyncUnaryCall<T>> ask, Func<T, IReadOnlyCollection<string>> missing)
    {
        var answer = await ask();
        for (var again = 0; missing(answer).Count > 0 && again < 10; again++)
        {
            answer = await ask();
        }

        Assert.Empty(missing(answer));
        return answer;
    }
}
