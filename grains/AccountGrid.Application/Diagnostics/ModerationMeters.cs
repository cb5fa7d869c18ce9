using System.Diagnostics.Metrics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The instruments of what people do to accounts: harms, outages, budgets. Thread-safe. No label is ever a person or an
/// account.
/// </summary>
public sealed class ModerationMeters
{
    /// <summary>The followers reached the threshold, or came back to it.</summary>
    private const string Began = "reached";

    /// <summary>The followers fell below the threshold; the cool-off runs.</summary>
    private const string Below = "below";

    /// <summary>The protection ended.</summary>
    private const string Ended = "ended";

    private readonly Counter<long> _harms;
    private readonly Counter<double> _outage;
    private readonly Counter<long> _lossRefused;
    private readonly Counter<long> _protectionMoves;

    internal ModerationMeters(Meter meter)
    {
        _harms = meter.CreateCounter<long>("accountgrid.harms", "{harm}",
            "Harmful commands by people, by action, the person's standing at that instant and outcome.");
        _outage = meter.CreateCounter<double>(
            "accountgrid.outage", "s", "Time that accounts were down, counted when it is over, by tier.");
        _lossRefused = meter.CreateCounter<long>(
            "accountgrid.follows.loss_refused", "{change}",
            "Unfollows that were refused because a protected account would have lost too many followers.");
        _protectionMoves = meter.CreateCounter<long>(
            "accountgrid.protection.moves", "{move}", "Movements of the protection by reach, by move.");
        Budgets = new(meter);
        BeginAtZero();
    }

    /// <summary>The budgets.</summary>
    internal BudgetBook Budgets { get; }

    /// <summary>Counts a harmful command that was decided, if a person gave it.</summary>
    internal void Decided(AccountRequest request, Situation situation, Decision decision)
    {
        if (request.Command is not (AccountCommand.Harm or AccountCommand.Approve)
            || request.Caller.Actor.Person is not { } person)
        {
            return;
        }

        var outcome = decision switch
        {
            Decision.Accepted { Outcome: Outcome.Pending } => "pending",
            Decision.Accepted => "done",
            Decision.Refused => "refused",
            _ => null,
        };
        if (outcome is not null)
        {
            Count(1, request.Command.Name, situation.Of(person).Standing, outcome);
        }
    }

    /// <summary>Counts the down time that is over with a movement of an account.</summary>
    internal void Moved(AccountState before, AccountState after, DateTimeOffset at, Tier tier)
    {
        if (Outage.Ended(before, after, at) is { Ticks: > 0 } length)
        {
            _outage.Add(length.TotalSeconds, new KeyValuePair<string, object?>("tier", NameOf(tier)));
        }

        if (!ReferenceEquals(before.Reach, after.Reach) && MoveOf(before.Reach, after.Reach) is { } move)
        {
            _protectionMoves.Add(1, new KeyValuePair<string, object?>("move", move));
        }
    }

    /// <summary>Counts unfollows of a protected account that were refused.</summary>
    internal void LossRefused(long unfollows) => _lossRefused.Add(unfollows);

    private static string? MoveOf(ReachProtection? before, ReachProtection? after) => (before, after) switch
    {
        (_, null) => Ended,
        (_, { BelowSince: null }) => Began,
        ({ BelowSince: not null }, _) => null,
        _ => Below,
    };

    /// <summary>Seldom things are shown from the start, for the sake of alerts on their growth.</summary>
    private void BeginAtZero()
    {
        foreach (var kind in Enum.GetValues<HarmKind>().Except([HarmKind.OwnerDeactivate]))
        {
            Zero(AccountDecider.NameOf(kind));
        }

        Zero(new AccountCommand.Approve(0, null, "").Name);
        foreach (var tier in Enum.GetValues<Tier>())
        {
            _outage.Add(0, new KeyValuePair<string, object?>("tier", NameOf(tier)));
        }

        foreach (var move in (string[])[Began, Below, Ended])
        {
            _protectionMoves.Add(0, new KeyValuePair<string, object?>("move", move));
        }

        _lossRefused.Add(0);

        void Zero(string action)
        {
            foreach (var standing in (Standing[])[Standing.Active, Standing.Notice])
            {
                foreach (var outcome in (string[])["done", "pending", "refused"])
                {
                    Count(0, action, standing, outcome);
                }
            }
        }
    }

    private void Count(long harms, string action, Standing standing, string outcome) =>
        _harms.Add(harms, new("action", action), new("standing", NameOf(standing)), new("outcome", outcome));

    /// <summary>A tier as labels write it.</summary>
    internal static string NameOf(Tier tier) => tier == Tier.Protected ? "protected" : "standard";

    private static string NameOf(Standing standing) => standing switch
    {
        Standing.Active => "active",
        Standing.Notice => "notice",
        _ => "ended",
    };
}
