using Microsoft.Extensions.Options;

namespace AccountGrid.Client;

/// <summary>Checks the options of a cache.</summary>
internal sealed class AccountStatusCacheOptionsValidator : IValidateOptions<AccountStatusCacheOptions>
{
    private static readonly TimeSpan LeastBound = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan MostBound = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan LeastLifetime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostLifetime = TimeSpan.FromHours(24);

    /// <summary>Every fault.</summary>
    public static IReadOnlyList<string> Faults(AccountStatusCacheOptions options)
    {
        var faults = new List<string>();
        if (options.StalenessBound < LeastBound || options.StalenessBound > MostBound)
        {
            faults.Add($"StalenessBound is {options.StalenessBound}; it must be from {LeastBound} to {MostBound}.");
        }

        if (options.Capacity is < 2 or > 10_000_000)
        {
            faults.Add($"Capacity is {options.Capacity}; it must be from 2 to 10000000.");
        }

        if (!Enum.IsDefined(options.WhenStale))
        {
            faults.Add($"WhenStale is {options.WhenStale}; it must be Read or Fail.");
        }

        if (options.EntryLifetime < LeastLifetime || options.EntryLifetime > MostLifetime)
        {
            faults.Add($"EntryLifetime is {options.EntryLifetime}; it must be from {LeastLifetime} to {MostLifetime}.");
        }

        return faults;
    }

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AccountStatusCacheOptions options) =>
        Faults(options) is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}
