using AccountGrid.Client;
using AccountGrid.V1;

namespace AccountGrid.Cli.Replay;

/// <summary>The measurements of this run, for the table at the end. Absent where a step was not reached.</summary>
internal sealed class Measured
{
    public TimeSpan? LoneRefusal { get; set; }

    public TimeSpan? PowerlessAfter { get; set; }

    public TimeSpan? Down { get; set; }

    public int VisitorsRefused { get; set; }

    public TimeSpan? FirstRead { get; set; }

    public FollowerCount? AfterRestore { get; set; }

    public TimeSpan? Report { get; set; }

    public Incident? Incident { get; set; }

    public VerifyAuditResponse? Audit { get; set; }

    public int Undone { get; set; }

    public bool BystanderUntouched { get; set; }
}

/// <summary>The setting of the story: the server, the people, the accounts, and what was seen so far.</summary>
internal sealed class Stage
{
    /// <summary>The account that was taken down.</summary>
    public const long President = 25073877;

    /// <summary>The other official account.</summary>
    public const long Bystander = 25073878;

    /// <summary>Small accounts of this run.</summary>
    public const int SmallCount = 5;

    public Stage(Cast cast, ReplayScale scale, Invocation run)
    {
        Cast = cast;
        Scale = scale;
        Run = run;
        Output = run.Output;
        Clock = run.Clock;
        Tell = new Narrator(run.Output, run.Clock);

        // The clock makes them fresh: far above real ids, and a thousand runs per second apart.
        var first = 7_000_000_000_000_000_000 + (run.Clock.GetUtcNow().ToUnixTimeMilliseconds() * 10);
        Small = [.. Enumerable.Range(0, SmallCount).Select(i => first + i)];
    }

    public Cast Cast { get; }

    /// <summary>The command that tells the story.</summary>
    public Invocation Run { get; }

    public ReplayScale Scale { get; }

    public Output Output { get; }

    public TimeProvider Clock { get; }

    public Narrator Tell { get; }

    public Measured Measured { get; } = new();

    /// <summary>Ids of this run's own small, unprotected accounts.</summary>
    public IReadOnlyList<long> Small { get; }

    /// <summary>The account as a visitor saw it before the first act.</summary>
    public PublicAccount? Before { get; set; }

    /// <summary>The bystander before the first act.</summary>
    public Account? BystanderBefore { get; set; }

    /// <summary>Reads an account as the network does.</summary>
    public Task<Account> AccountAsync(long id, CancellationToken cancellationToken) =>
        Cast.Agent.Api.Accounts.GetAsync(id, cancellationToken: cancellationToken);

    /// <summary>Reads an account as a visitor does.</summary>
    public Task<PublicAccount> VisitAsync(long id, CancellationToken cancellationToken) =>
        Cast.Network.Api.Accounts.GetPublicAsync(id, cancellationToken);

    /// <summary>The newest entries of an account's journal, up to 100.</summary>
    public async Task<IReadOnlyList<JournalEntry>> JournalAsync(long id, CancellationToken cancellationToken) =>
        (await Cast.Agent.Api.Accounts.ListJournalPageAsync(
            new ListJournalEntriesRequest { Id = id, PageSize = 100 }, cancellationToken)).Entries;

    /// <summary>A deactivation in a person's name.</summary>
    public static Task<DeactivateAccountResponse> DeactivateAsync(
        Person person,
        long id,
        string reason,
        CancellationToken cancellationToken,
        bool directOnly = false,
        DateTimeOffset? at = null)
    {
        var request = new DeactivateAccountRequest
        {
            Id = id,
            Reason = reason,
            Note = "replay of 2 November 2017",
            DirectOnly = directOnly,
            At = at is { } when ? Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(when) : null,
        };
        return person.Api.Accounts.DeactivateAsync(request, cancellationToken);
    }

    /// <summary>An approval in a person's name, of what that person saw.</summary>
    public static Task<ApproveProposalResponse> ApproveAsync(
        Person person, Proposal seen, CancellationToken cancellationToken)
    {
        var request = new ApproveProposalRequest { Id = seen.Id, Digest = seen.Digest };
        return person.Api.Proposals.ApproveAsync(request, cancellationToken);
    }

    /// <summary>A restore in a person's name.</summary>
    public static Task<RestoreAccountResponse> RestoreAsync(
        Person person, long id, string reason, CancellationToken cancellationToken)
    {
        var request = new RestoreAccountRequest { Id = id, Reason = reason, Note = "replay of 2 November 2017" };
        return person.Api.Accounts.RestoreAsync(request, cancellationToken);
    }

    /// <summary>Ends a person's authority, now.</summary>
    public async Task<Operator> OffboardAsync(Person person, CancellationToken cancellationToken) =>
        (await Cast.Admin.Api.Operators.OffboardAsync(
            new OffboardOperatorRequest { Id = person.Id, Note = "left" }, cancellationToken)).Operator;

    /// <summary>A call that must be refused for one reason.</summary>
    public static async Task<Seen> RefusedAsync<T>(string reason, Func<Task<T>> call)
    {
        try
        {
            await call();
            return Seen.Wrong($"it was allowed, and should have been refused: {reason}");
        }
        catch (AccountGridException error)
        {
            return new Seen(error.Reason == reason, $"refused: {error.Reason}. {error.Message}");
        }
    }

    /// <summary>A count as a sentence has it.</summary>
    public static string Say(FollowerCount followers) => followers.Quality == FollowerCount.Types.Quality.Exact
        ? $"{Show.Count(followers.Count)} followers, exact"
        : $"{Show.Count(followers.Count)} followers, {Show.Name(followers.Quality)}";

    /// <summary>Whether two counts are the same number and both exact.</summary>
    public static bool IsSameExact(FollowerCount a, FollowerCount b) =>
        a.Count == b.Count && a.Quality == FollowerCount.Types.Quality.Exact
            && b.Quality == FollowerCount.Types.Quality.Exact;
}
