using System.Diagnostics;
using AccountGrid.Gateway.Auth;
using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The verified caller of a method.</summary>
internal static class ServerCallContextExtensions
{
    /// <summary>The caller, whom the gate has authenticated.</summary>
    public static CallerIdentity Identity(this ServerCallContext context) =>
        context.GetHttpContext().User.Identity as CallerIdentity
            ?? throw new InvalidOperationException("A method was reached without its gate.");

    /// <summary>What the caller may see.</summary>
    public static Viewer Viewer(this ServerCallContext context) => context.Identity().Viewer;

    /// <summary>
    /// The caller of a command with the request's trace, which the journal records and the answer carries.
    /// </summary>
    public static CallerInfo CommandCaller(this ServerCallContext context) =>
        context.Identity().Caller with { TraceParent = Activity.Current?.Id };
}
