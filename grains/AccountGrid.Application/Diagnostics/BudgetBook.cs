using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AccountGrid.Domain;

namespace AccountGrid.Application;

/// <summary>
/// The budgets of the people and the services that acted through this silo within the window. Each is shown at least
/// until its window is empty, wherever its grain goes meanwhile. Thread-safe.
/// </summary>
internal sealed class BudgetBook
{
    /// <summary>Up to so many actors the empty budgets stay, too.</summary>
    private const int Many = 1_000;

    private readonly ConcurrentDictionary<Actor, HarmBudget> _budgets = new();

    public BudgetBook(Meter meter)
    {
        meter.CreateObservableGauge("accountgrid.budget.use", () => Observe(ActorKind.Operator), "1",
            "The highest use of a budget among the operators of this silo; 1 = spent.");
        meter.CreateObservableGauge("accountgrid.service.budget.use", () => Observe(ActorKind.Service), "1",
            "The highest use of a budget among the services of this silo; 1 = spent.");
    }

    /// <summary>Shows a budget from now on, in the place of an earlier one.</summary>
    public void Show(Actor by, HarmBudget budget)
    {
        if (!_budgets.TryGetValue(by, out var shown) || shown != budget)
        {
            _budgets[by] = budget;
        }
    }

    private Measurement<double>[] Observe(ActorKind kind)
    {
        var (actions, reach) = (0d, 0d);
        foreach (var (by, budget) in _budgets)
        {
            if (by.Kind != kind)
            {
                continue;
            }

            var use = budget.Use();
            (actions, reach) = (Math.Max(actions, use.Actions), Math.Max(reach, use.Reach));
            if (use == (0, 0) && _budgets.Count > Many)
            {
                _budgets.TryRemove(new(by, budget));
            }
        }

        return [new(actions, new KeyValuePair<string, object?>("budget", "actions")),
            new(reach, new KeyValuePair<string, object?>("budget", "reach"))];
    }
}
