using AccountGrid.Testing;
using AccountGrid.V1;

namespace AccountGrid.Benchmarks.Harness;

/// <summary>Starts the real silo and asks it, after the measuring, whether what it holds is right.</summary>
internal static class SiloUnderTest
{
    /// <summary>Who calls as a product service.</summary>
    public const string Service = "benchmark";

    /// <summary>Starts a silo on a data directory.</summary>
    public static Task<SiloProcess> StartAsync(
        string directory, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken) =>
        SiloProcess.StartAsync(
            new SiloProcessOptions
            {
                DataDirectory = directory,
                Environment = SiloSettings.ForLoad(environment),
                AsInProduction = true,
                StartTimeout = TimeSpan.FromMinutes(5),
            },
            cancellationToken);

    /// <summary>The account service, called by a product service.</summary>
    public static AccountService.AccountServiceClient Accounts(SiloProcess silo) =>
        new(silo.Invoker(Service, "service"));

    /// <summary>The development key of a silo that has started once.</summary>
    public static string KeyFile(SiloProcess silo) => Path.Combine(silo.DataDirectory, TestTokens.KeyFileName);

    /// <summary>Recomputes every chain, root and signature.</summary>
    /// <returns>The sentence for the report.</returns>
    public static async Task<string> VerifyAuditAsync(
        SiloProcess silo, long entriesAtLeast, CancellationToken cancellationToken)
    {
        var audit = new AuditService.AuditServiceClient(silo.Invoker("auditor", "auditor"));
        var answer = await audit.VerifyAuditAsync(
            new VerifyAuditRequest(), deadline: DateTime.UtcNow.AddMinutes(10), cancellationToken: cancellationToken);
        if (!answer.Intact)
        {
            throw new VerificationException(
                $"audit:verify: {answer.ProblemKind} {answer.Problem} ({answer.Stream} {answer.Sequence})");
        }

        return answer.Entries >= entriesAtLeast
            ? $"audit:verify intact: {answer.Entries:#,0} entries of {answer.Streams:#,0} journals recomputed"
            : throw new VerificationException(
                $"{answer.Entries} entries are in the journals, at least {entriesAtLeast} were acknowledged.");
    }

    /// <summary>Reads accounts in batches.</summary>
    public static async Task<IReadOnlyList<Account>> ReadAllAsync(
        SiloProcess silo, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        var accounts = new List<Account>();
        foreach (var chunk in ids.Chunk(1000))
        {
            var answer = await Accounts(silo)
                .BatchGetAccountsAsync(
                    new BatchGetAccountsRequest { Ids = { chunk } }, cancellationToken: cancellationToken);
            VerificationException.ThrowUnlessEqual(chunk.Length, answer.Accounts.Count, "Accounts found");
            accounts.AddRange(answer.Accounts);
        }

        return accounts;
    }
}
