using System.Security.Cryptography;
using Google.Protobuf;

namespace AccountGrid.Client;

/// <summary>Idempotency keys: every command gets one before it is sent first, and keeps it whatever happens.</summary>
internal static class RequestIds
{
    private const string Prefix = "net-";

    /// <summary>A fresh one: 128 random bits.</summary>
    public static string New() => Prefix + RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>
    /// The request as it is sent: the caller's own where it has an id, else a copy with a fresh one. The caller's
    /// object is never changed.
    /// </summary>
    public static T Ensure<T>(T request, Func<T, string> get, Action<T, string> set)
        where T : class, IDeepCloneable<T>
    {
        ArgumentNullException.ThrowIfNull(request);

        // Always a copy: an object that the caller changes between two attempts would be another request under the same
        // id.
        var sent = request.Clone();
        if (get(sent).Length == 0)
        {
            set(sent, New());
        }

        return sent;
    }
}
