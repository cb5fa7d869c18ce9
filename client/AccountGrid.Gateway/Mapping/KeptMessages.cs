using System.Runtime.CompilerServices;
using AccountGrid.Grains;

namespace AccountGrid.Gateway.Mapping;

/// <summary>
/// The messages of accounts that are read from memory (<see cref="ILocalAccounts"/>). One message is made for each view
/// and kind of viewer, and shared by all its reads, as long as the view lives; it must not be changed. Completed tasks,
/// as methods return them, so that such a read allocates nothing here. Thread-safe.
/// </summary>
internal static class KeptMessages
{
    private static readonly ConditionalWeakTable<AccountInfo, Task<V1.Account>> ForStaff = [];
    private static readonly ConditionalWeakTable<AccountInfo, Task<V1.Account>> ForServices = [];
    private static readonly ConditionalWeakTable<PublicAccountInfo, Task<V1.PublicAccount>> Public = [];

    /// <summary>The message of an account, as the viewer may see it.</summary>
    public static Task<V1.Account> Of(AccountInfo info, Viewer viewer) => viewer == Viewer.Staff
        ? ForStaff.GetValue(info, static view => Task.FromResult(AccountMapping.ToProto(view, Viewer.Staff)))
        : ForServices.GetValue(info, static view => Task.FromResult(AccountMapping.ToProto(view, Viewer.Service)));

    /// <summary>The message of what a visitor may see of an account.</summary>
    public static Task<V1.PublicAccount> Of(PublicAccountInfo info) =>
        Public.GetValue(info, static view => Task.FromResult(AccountMapping.ToProto(view)));
}
