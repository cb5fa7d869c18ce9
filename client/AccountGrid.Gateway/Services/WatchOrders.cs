using AccountGrid.Gateway.Validation;

namespace AccountGrid.Gateway.Services;

/// <summary>Checks what a watcher asks for, the same over gRPC and as server-sent events.</summary>
internal static class WatchOrders
{
    /// <summary>The order; faults are added to <paramref name="checks"/>.</summary>
    public static WatchOrder Check(ref FieldChecks checks, long? after, IReadOnlyCollection<long> accounts)
    {
        checks.NotNegative("afterPosition", after ?? 0);
        if (accounts.Count > EventFeed.MostAccounts)
        {
            checks.Add("accounts", $"must be at most {EventFeed.MostAccounts} ids");
            return new WatchOrder(after, new HashSet<long>());
        }

        foreach (var account in accounts)
        {
            checks.Id("accounts", account);
        }

        return new WatchOrder(after, new HashSet<long>(accounts));
    }
}
