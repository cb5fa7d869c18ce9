using System.Security.Cryptography;
using AccountGrid.Application;
using AccountGrid.Domain;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AccountGrid.Testing;

/// <summary>
/// Processors on stores in memory, with a clock that a test moves. It begins on 2 November 2017, 22:00 UTC.
/// </summary>
public sealed class World : IDisposable
{
    private readonly TestMeters _meters = new();

    /// <summary>A world with default policies, or with these.</summary>
    public World(ProcessorLimits? limits = null, OperatorPolicy? operators = null, BrakePolicy? brake = null)
    {
        Limits = limits ?? new ProcessorLimits();
        Diagnostics = new ApplicationDiagnostics(_meters);
        Policies = new(
            new AccountPolicy(),
            (operators ?? new OperatorPolicy()) with { PowerCoolOff = TimeSpan.Zero, MaxLowered = 10_000 },
            brake ?? new BrakePolicy());
        Operators = new OperatorServices(
            Journal, Journal, Journal, Desk, new OperatorEventCodec(), Clock,
            Policies, Limits, Diagnostics, NullLogger<OperatorProcessor>.Instance);
        Desk.Services = Operators;
        Brake.Services = new BrakeServices(
            Journal, Journal, Desk, new BrakeEventCodec(), Clock, Policies, Limits, Diagnostics,
            NullLogger<BrakeProcessor>.Instance);
        Accounts = new AccountServices(
            Journal, Ledger, Desk, Brake, new AccountEventCodec(), Clock, Policies, Limits, NewSeal(), Diagnostics,
            NullLogger<AccountProcessor>.Instance);
    }

    /// <summary>A product service.</summary>
    public static Caller Web { get; } = new(Actor.Service("web"), Roles.Service);

    /// <summary>An account number that everybody uses.</summary>
    public static AccountId Account { get; } = new(25073877);

    /// <summary>The time.</summary>
    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2017, 11, 2, 22, 0, 0, TimeSpan.Zero));

    /// <summary>The journals.</summary>
    public InMemoryJournal Journal { get; } = new();

    /// <summary>The follow edges.</summary>
    public InMemoryLedger Ledger { get; } = new();

    /// <summary>The operators.</summary>
    public OperatorDesk Desk { get; } = new();

    /// <summary>The brake over the grid.</summary>
    public BrakeDesk Brake { get; } = new();

    /// <summary>The bounds.</summary>
    public ProcessorLimits Limits { get; }

    /// <summary>Spans and instruments.</summary>
    public ApplicationDiagnostics Diagnostics { get; }

    /// <summary>The numbers behind the rules.</summary>
    public PolicyInForce Policies { get; }

    /// <summary>What account processors are built on.</summary>
    public AccountServices Accounts { get; }

    /// <summary>What operator processors are built on.</summary>
    public OperatorServices Operators { get; }

    /// <summary>The meters of this world alone.</summary>
    public TestMeters Meters => _meters;

    /// <summary>A seal under a key that is made for it.</summary>
    public static SnapshotSeal NewSeal()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return SnapshotSeal.From(key);
    }

    /// <summary>A person's verified token.</summary>
    public static Caller Person(string name, Roles roles = Roles.Support | Roles.Approver) =>
        new(Actor.Operator(OperatorId.Parse(name)), roles);

    /// <summary>A staff deactivation.</summary>
    public static AccountCommand.Harm Deactivate(DateTimeOffset? at = null, bool directOnly = false) =>
        new(new HarmAction(HarmKind.Deactivate, "SPAM", "", "", At: at), directOnly);

    /// <summary>A suspension.</summary>
    public static AccountCommand.Harm Suspend(DateTimeOffset until) =>
        new(new HarmAction(HarmKind.Suspend, "ABUSE", "", "", Until: until), false);

    /// <summary>A staff restore of everything.</summary>
    public static AccountCommand.Restore Restore() => new(Owner: false, [], "ERROR", "", "", 0);

    /// <summary>Enrols a person: two admins agree, and there is no cool-off here.</summary>
    public async Task EnrollAsync(
        string name, Roles roles = Roles.Support | Roles.Approver, DateTimeOffset? authorityEndsAt = null)
    {
        foreach (var admin in (string[])["root", "other.admin"])
        {
            await ExecuteAsync(admin, new OperatorCommand.EnrollOnFirstUse(Roles.Admin), Caller.System);
        }

        // So that no other person is the last one who can heal or approve.
        await ExecuteAsync(
            "bystander", new OperatorCommand.EnrollOnFirstUse(Roles.Support | Roles.Approver), Caller.System);

        var result = await ExecuteAsync(
            name, new OperatorCommand.Enroll(roles, "", authorityEndsAt), Person("root", Roles.Admin));
        if (result.Outcome == Outcome.Pending)
        {
            await ExecuteAsync(
                name, new OperatorCommand.Approve(result.ProposalSequence!.Value, null, ""),
                Person("other.admin", Roles.Admin));
        }
    }

    private async Task<OperatorResult> ExecuteAsync(string name, OperatorCommand command, Caller caller)
    {
        var processor = await Desk.OfAsync(OperatorId.Parse(name));
        var result = await processor.ExecuteAsync(new(command, caller), CancellationToken.None);
        return result.Refusal is { } refusal ? throw new InvalidOperationException(refusal.Message) : result;
    }

    /// <summary>Registers an account.</summary>
    public async Task RegisterAsync(AccountId? id = null)
    {
        var result = await new AccountRegistrar(Accounts).RegisterAsync(
            id ?? Account, "president", Web, null, CancellationToken.None);
        if (result.Refusal is { } refusal)
        {
            throw new InvalidOperationException(refusal.Message);
        }
    }

    /// <summary>A loaded processor; every call makes another activation.</summary>
    public async Task<AccountProcessor> ActivateAsync(AccountId? id = null, AccountSnapshot? snapshot = null)
    {
        var processor = new AccountProcessor(id ?? Account, Accounts);
        await processor.LoadAsync(snapshot, CancellationToken.None);
        return processor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Diagnostics.Dispose();
        _meters.Dispose();
    }
}
