using System.Net;
using Microsoft.Extensions.Options;

namespace AccountGrid.Client;

/// <summary>Checks options before anything is sent; every fault at once, each with its rule.</summary>
internal sealed class AccountGridClientOptionsValidator : IValidateOptions<AccountGridClientOptions>
{
    private const int LeastBytes = 64 * 1024;
    private const int MostBytes = 1024 * 1024 * 1024;
    private const int MostAttempts = 100;
    private static readonly TimeSpan LeastTime = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestDeadline = TimeSpan.FromHours(24);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Every fault.</summary>
    public static IReadOnlyList<string> Faults(AccountGridClientOptions options)
    {
        var faults = new List<string>();
        CheckAddress(options, faults);
        Between(nameof(options.MaxReceiveMessageBytes), options.MaxReceiveMessageBytes, LeastBytes, MostBytes);
        Between(nameof(options.MaxSendMessageBytes), options.MaxSendMessageBytes, LeastBytes, MostBytes);
        var deadlines = options.Deadlines;
        Between("Deadlines.Read", deadlines.Read, LeastTime, LongestDeadline);
        Between("Deadlines.Command", deadlines.Command, LeastTime, LongestDeadline);
        Between("Deadlines.Undo", deadlines.Undo, LeastTime, LongestDeadline);
        Between("Deadlines.Verify", deadlines.Verify, LeastTime, LongestDeadline);
        Between("Deadlines.IngestStream", deadlines.IngestStream, LeastTime, LongestDeadline);
        var retry = options.Retry;
        Between("Retry.MaxAttempts", retry.MaxAttempts, 1, MostAttempts);
        Between("Retry.LongestDelay", retry.LongestDelay, LeastTime, LongestPause);
        Between("Retry.FirstDelay", retry.FirstDelay, LeastTime, retry.LongestDelay);
        return faults;

        void Between<T>(string name, T value, T least, T most)
            where T : IComparable<T>
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                faults.Add($"{name} is {value}; it must be from {least} to {most}.");
            }
        }
    }

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AccountGridClientOptions options) =>
        Faults(options) is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;

    private static void CheckAddress(AccountGridClientOptions options, List<string> faults)
    {
        if (options.Address is not { } address)
        {
            faults.Add("Address is missing; it must be such as http://127.0.0.1:5181.");
        }
        else if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")
            || address.PathAndQuery is not "/" || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
        {
            // Not repeated in the message: a password may stand in it.
            faults.Add(
                "Address must be http or https, a host and a port, nothing else, such as http://127.0.0.1:5181.");
        }
        else if (address.Scheme == "http" && !options.AllowUnencryptedTokens && options.TokenProvider is not null
            && !IsLoopback(address))
        {
            faults.Add(
                $"Address {address.GetLeftPart(UriPartial.Authority)} is not encrypted and tokens would travel in the "
                    + "clear: use https, or set AllowUnencryptedTokens where something else encrypts.");
        }
    }

    private static bool IsLoopback(Uri address) =>
        address.IsLoopback || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
}
