using System.Diagnostics;
using AccountGrid.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Data.Sqlite;

namespace AccountGrid.Benchmarks.Baselines;

/// <summary>Deactivate and restore as one transaction per command: the account's row and an audit row, durable before the answer.</summary>
[Authorize(Roles = "service,support,approver,auditor,admin")]
internal sealed class PeerAccountService(PeerDatabase database, PeerAccountCommands commands, TimeProvider clock) : AccountService.AccountServiceBase
{
    public override async Task<DeactivateAccountResponse> DeactivateAccount(DeactivateAccountRequest request, ServerCallContext context) => new()
    {
        Outcome = Outcome.Done,
        Account = await RunAsync(
            new PeerChange(request.Id, Down: true, SubjectOf(context), request.Owner, request.Reason, request.Note, request.Ticket), context.CancellationToken),
    };

    public override async Task<RestoreAccountResponse> RestoreAccount(RestoreAccountRequest request, ServerCallContext context) => new()
    {
        Outcome = Outcome.Done,
        Account = await RunAsync(
            new PeerChange(request.Id, Down: false, SubjectOf(context), request.Owner, request.Reason, request.Note, request.Ticket), context.CancellationToken),
    };

    private async Task<Account> RunAsync(PeerChange change, CancellationToken cancellationToken)
    {
        await database.Gate.WaitAsync(cancellationToken);
        try
        {
            return commands.Run(change, clock.GetUtcNow());
        }
        finally
        {
            database.Gate.Release();
        }
    }

    private static string SubjectOf(ServerCallContext context) => context.GetHttpContext().User.Identity!.Name!;
}

/// <summary>One change of an account.</summary>
internal sealed record PeerChange(long Account, bool Down, string Subject, bool ByOwner, string Reason, string Note, string Ticket);

/// <summary>The peer's prepared statements for accounts. Used by one caller at a time.</summary>
internal sealed class PeerAccountCommands(PeerDatabase database)
{
    private readonly SqliteCommand _begin = database.Command("BEGIN IMMEDIATE");
    private readonly SqliteCommand _commit = database.Command("COMMIT");
    private readonly SqliteCommand _rollback = database.Command("ROLLBACK");
    private readonly SqliteCommand _operator = database.Prepare("SELECT roles, authority_ends_at FROM operators WHERE id = @id", "@id");
    private readonly SqliteCommand _update = database.Prepare(
        """
        UPDATE accounts SET status = @to, version = version + 1, held_by = @by, held_at = @at, reason = @reason WHERE id = @id AND status = @from
        RETURNING handle, version, followers, followers_version, followers_at
        """,
        "@to", "@by", "@at", "@reason", "@id", "@from");

    private readonly SqliteCommand _audit = database.Prepare(
        "INSERT INTO audit (account, at, actor, action, reason, note, ticket, trace) VALUES (@account, @at, @actor, @action, @reason, @note, @ticket, @trace)",
        "@account", "@at", "@actor", "@action", "@reason", "@note", "@ticket", "@trace");

    /// <summary>Runs one transaction.</summary>
    public Account Run(PeerChange change, DateTimeOffset now)
    {
        _begin.ExecuteNonQuery();
        try
        {
            CheckOperator(change);
            var account = Update(change, now);
            Set(_audit, change.Account, now.ToUnixTimeMilliseconds(), change.Subject, change.Down ? 1L : 2L, change.Reason, change.Note, change.Ticket, Activity.Current?.TraceId.ToHexString() ?? "");
            _audit.ExecuteNonQuery();
            _commit.ExecuteNonQuery();
            return account;
        }
        catch
        {
            _rollback.ExecuteNonQuery();
            throw;
        }
    }

    // Enrolled on first use, as with a development key; after that it is a look-up by primary key.
    private void CheckOperator(PeerChange change)
    {
        if (change.ByOwner)
        {
            return;
        }

        Set(_operator, change.Subject);
        if (_operator.ExecuteScalar() is null)
        {
            using var enroll = database.Prepare("INSERT INTO operators VALUES (@id, 1, NULL)", "@id");
            Set(enroll, change.Subject);
            enroll.ExecuteNonQuery();
        }
    }

    private Account Update(PeerChange change, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        object?[] values = change.Down ? [2L, change.Subject, at, change.Reason, change.Account, 1L] : [1L, DBNull.Value, DBNull.Value, DBNull.Value, change.Account, 2L];
        Set(_update, values);
        using var row = _update.ExecuteReader();
        if (!row.Read())
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "WRONG_STATUS"));
        }

        var account = new Account
        {
            Id = change.Account,
            Handle = row.GetString(0),
            Status = change.Down ? Account.Types.Status.Deactivated : Account.Types.Status.Active,
            Version = row.GetInt64(1),
            Etag = row.GetString(1),
            Tier = Account.Types.Tier.Standard,
            Followers = new FollowerCount
            {
                Count = row.GetInt64(2),
                Version = row.GetInt64(3),
                AsOf = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)).ToTimestamp(),
                Quality = FollowerCount.Types.Quality.Exact,
            },
        };
        if (change.Down)
        {
            account.Holds.Add(new Hold
            {
                Kind = change.ByOwner ? Hold.Types.Kind.OwnerDeactivation : Hold.Types.Kind.StaffDeactivation,
                PlacedBy = new Actor { Kind = change.ByOwner ? Actor.Types.Kind.Service : Actor.Types.Kind.Operator, Subject = change.Subject },
                At = now.ToTimestamp(),
                Reason = change.Reason,
            });
        }

        return account;
    }

    private static void Set(SqliteCommand command, params object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }
    }
}
