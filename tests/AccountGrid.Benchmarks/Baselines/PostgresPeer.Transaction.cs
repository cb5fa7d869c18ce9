using System.Diagnostics;
using AccountGrid.V1;
using Grpc.Core;
using Npgsql;

namespace AccountGrid.Benchmarks.Baselines;

/// <content><see cref="PeerCommand.Transaction"/>.</content>
internal sealed partial class PostgresPeer
{
    private async Task<Account> ChangeInTransactionAsync(
        PeerChange change, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var at = now.ToUnixTimeMilliseconds();
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);

        // Npgsql sends BEGIN together with the first statement.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!change.ByOwner)
        {
            await CheckOperatorAsync(connection, change.Subject, at, cancellationToken);
        }

        var account = await UpdateAsync(connection, change, at, cancellationToken);
        await using var audit = new NpgsqlCommand(
            "INSERT INTO audit (account, at, actor, action, reason, note, ticket, trace) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", connection);
        audit.Parameters.AddRange((NpgsqlParameter[])[
            new NpgsqlParameter<long> { TypedValue = change.Account },
            new NpgsqlParameter<long> { TypedValue = at },
            new NpgsqlParameter<string> { TypedValue = change.Subject },
            new NpgsqlParameter<short> { TypedValue = (short)(change.Down ? 2 : 1) },
            new NpgsqlParameter<string> { TypedValue = change.Reason },
            new NpgsqlParameter<string> { TypedValue = change.Note },
            new NpgsqlParameter<string> { TypedValue = change.Ticket },
            new NpgsqlParameter<string> { TypedValue = Activity.Current?.TraceId.ToHexString() ?? "" },
        ]);
        await audit.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return account;
    }

    private static async Task<Account> UpdateAsync(
        NpgsqlConnection connection, PeerChange change, long at, CancellationToken cancellationToken)
    {
        await using var update = new NpgsqlCommand(
            $"UPDATE accounts SET status = $1, version = version + 1, held_by = $2, held_at = $3, reason = $4 WHERE id = $5 AND status = $6 RETURNING {Columns}", connection);
        update.Parameters.AddRange((NpgsqlParameter[])[
            new NpgsqlParameter<short> { TypedValue = (short)(change.Down ? 2 : 1) },
            new NpgsqlParameter<string?> { TypedValue = change.Down ? change.Subject : null },
            new NpgsqlParameter<long?> { TypedValue = change.Down ? at : null },
            new NpgsqlParameter<string?> { TypedValue = change.Down ? change.Reason : null },
            new NpgsqlParameter<long> { TypedValue = change.Account },
            new NpgsqlParameter<short> { TypedValue = (short)(change.Down ? 1 : 2) },
        ]);
        await using var row = await update.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? Read(change.Account, row).ToAccount(change.ByOwner)
            : throw new RpcException(new Status(StatusCode.FailedPrecondition, "WRONG_STATUS"));
    }

    private static async Task CheckOperatorAsync(
        NpgsqlConnection connection, string subject, long at, CancellationToken cancellationToken)
    {
        await using var ask =
            new NpgsqlCommand("SELECT roles, authority_ends_at FROM operators WHERE id = $1", connection);
        ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = subject });
        await using (var row = await ask.ExecuteReaderAsync(cancellationToken))
        {
            if (await row.ReadAsync(cancellationToken))
            {
                _ = (row.GetInt32(0) & 1) != 0 && (row.IsDBNull(1) || row.GetInt64(1) > at)
                    ? true
                    : throw new RpcException(new Status(StatusCode.PermissionDenied, "AUTHORITY_ENDED"));
                return;
            }
        }

        // Enrolled on first use, as with a development key.
        await using var enroll =
            new NpgsqlCommand("INSERT INTO operators VALUES ($1, 1, NULL) ON CONFLICT DO NOTHING", connection);
        enroll.Parameters.Add(new NpgsqlParameter<string> { TypedValue = subject });
        await enroll.ExecuteNonQueryAsync(cancellationToken);
    }
}
