using System.Collections.Immutable;
using AccountGrid.Chaos.Histories;
using AccountGrid.Chaos.Workloads;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace AccountGrid.Chaos.Running;

/// <summary>
/// Asks a silo that has just recovered for everything that the checks look at: accounts first, then the listing, then
/// the journals, then the audit.
/// </summary>
/// <param name="invoker">The silo.</param>
/// <param name="serviceToken">A token of role service.</param>
/// <param name="auditorToken">A token of role auditor.</param>
/// <param name="handles">What the handles of the accounts that are looked at begin with.</param>
internal sealed class RecoveryReader(
    CallInvoker invoker, string serviceToken, string auditorToken, string handles = StaffPlanner.Handles)
{
    private const int PageSize = 1000;
    private readonly AccountService.AccountServiceClient _accounts = new(invoker);
    private readonly AuditService.AuditServiceClient _audit = new(invoker);

    /// <summary>Reads it all.</summary>
    public async Task<RecoveredState> ReadAsync(
        IReadOnlyCollection<long> ids, DiskState? disk, CancellationToken cancellationToken)
    {
        // Staff see what is pending.
        var served = await ReadAccountsAsync(ids, auditorToken, cancellationToken);
        var listed = await ReadListingAsync(cancellationToken);
        for (var again = 0; again < 3 && !served.Keys.All(listed.ContainsKey); again++)
        {
            // A suspension that ended between the listing of what is up and that of what is suspended stands in
            // neither.
            foreach (var (id, status) in await ReadListingAsync(cancellationToken))
            {
                listed.TryAdd(id, status);
            }
        }

        var accounts = ImmutableDictionary.CreateBuilder<long, RecoveredAccount>();
        foreach (var id in ids)
        {
            var account = served.GetValueOrDefault(id);
            accounts[id] = new RecoveredAccount(id, account is null ? new Seen(id, Version: 0) : GridCalls.Of(account),
                account is null ? [] : await ReadJournalAsync(id, cancellationToken))
            {
                Holds = [.. (account?.Holds ?? []).Select(h => Fold(h.Kind.ToString()))],
                Pending = account?.OpenProposal is { Id.Length: > 0 } proposal
                        ? GridCalls.SequenceOf(proposal.Id)
                        : null,
                Listed = listed.TryGetValue(id, out var status) ? status : null,
            };
        }

        return new(accounts.ToImmutable(), disk, await VerifyAsync(cancellationToken));
    }

    /// <summary>Reads the accounts alone.</summary>
    public async Task<ImmutableDictionary<long, Seen>> ReadServedAsync(
        IReadOnlyCollection<long> ids, CancellationToken cancellationToken)
    {
        var served = await ReadAccountsAsync(ids, serviceToken, cancellationToken);
        return ids.ToImmutableDictionary(
            id => id, id => served.TryGetValue(id, out var account) ? GridCalls.Of(account) : new Seen(id, Version: 0));
    }

    /// <summary>Asks the audit alone, which needs no client to be quiet.</summary>
    public async Task<AuditVerdict> VerifyAsync(CancellationToken cancellationToken)
    {
        var answer = await _audit.VerifyAuditAsync(new VerifyAuditRequest(), With(auditorToken, cancellationToken));
        return new(answer.Intact, $"{answer.ProblemKind} {answer.Stream} {answer.Sequence}: {answer.Problem}",
            answer.Entries, answer.Checkpoints);
    }

    private async Task<Dictionary<long, Account>> ReadAccountsAsync(
        IReadOnlyCollection<long> ids, string token, CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<long, Account>();
        foreach (var part in ids.Chunk(PageSize))
        {
            var request = new BatchGetAccountsRequest();
            request.Ids.AddRange(part);
            foreach (var account in (await _accounts.BatchGetAccountsAsync(
                request, With(token, cancellationToken))).Accounts)
            {
                accounts.Add(account.Id, account);
            }
        }

        return accounts;
    }

    private async Task<Dictionary<long, Account.Types.Status>> ReadListingAsync(CancellationToken cancellationToken)
    {
        var listed = new Dictionary<long, Account.Types.Status>();
        foreach (var status in (Account.Types.Status[])[Account.Types.Status.Active, Account.Types.Status.Deactivated,
            Account.Types.Status.Suspended, Account.Types.Status.Erased])
        {
            var request = new ListAccountsRequest
            {
                PageSize = PageSize,
                Filter = $"status = {status.ToString().ToUpperInvariant()} AND handle = \"{handles}*\"",
            };
            do
            {
                var page = await _accounts.ListAccountsAsync(request, With(serviceToken, cancellationToken));
                foreach (var account in page.Accounts)
                {
                    // An account that moves between two of these listings may stand in both; the later one is the
                    // newer.
                    listed[account.Id] = status;
                }

                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
        }

        return listed;
    }

    private async Task<ImmutableArray<JournalLine>> ReadJournalAsync(long id, CancellationToken cancellationToken)
    {
        var lines = new List<JournalLine>();
        var request = new ListJournalEntriesRequest { Id = id, PageSize = PageSize };
        do
        {
            var page = await _accounts.ListJournalEntriesAsync(request, With(auditorToken, cancellationToken));
            lines.AddRange(page.Entries.Select(Of));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        lines.Reverse();
        return [.. lines];
    }

    private static JournalLine Of(JournalEntry entry)
    {
        var data = entry.Data ?? new Struct();
        return new JournalLine(entry.Sequence, entry.Type)
        {
            At = entry.At.ToDateTimeOffset(),
            Actor = $"{entry.Actor.Kind.ToString().ToLowerInvariant()}:{entry.Actor.Subject}",
            RequestId = entry.RequestId,
            TraceId = entry.TraceId,
            Hash = entry.Hash,
            Action = data.Fields.TryGetValue("action", out var action) ? Fold(Text(action.StructValue, "kind")) : "",
            Hold = entry.Type == "hold-lifted" ? Fold(Text(data, "kind")) : "",
            PlacedBy = Text(data, "by").Replace("op/", "operator:", StringComparison.Ordinal)
                .Replace("svc/", "service:", StringComparison.Ordinal),
            ApprovedBy = Text(data, "approvedBy"),
            Proposal = Number(data, "proposal"),
            Tier = Text(data, "tier"),
            Followers = Number(data, "followers"),
            Closed = entry.Type == "proposal-closed" ? Text(data, "state") : "",
            Refusal = entry.Type == "attempt-refused" ? Text(data, "reason") : "",
            IsSum = entry.Type == "attempt-refused" && data.Fields.ContainsKey("counted"),
        };
    }

    private static string Text(Struct data, string name) =>
        data.Fields.TryGetValue(name, out var value) ? value.StringValue : "";

    private static long? Number(Struct data, string name) =>
        data.Fields.TryGetValue(name, out var value) ? (long)value.NumberValue : null;

    /// <summary>One spelling for names that the wire and the journal spell differently.</summary>
    private static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static CallOptions With(string token, CancellationToken cancellationToken) =>
        new(new Metadata { { "authorization", "Bearer " + token } }, cancellationToken: cancellationToken);
}
