using AccountGrid.Gateway.Auth;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>The verified caller of a method.</summary>
internal static class ServerCallContextExtensions
{
    /// <summary>Who calls; the gate has let nobody else through.</summary>
    public static CallerIdentity Identity(this ServerCallContext context) =>
        context.GetHttpContext().User.Identity as CallerIdentity ?? throw new InvalidOperationException("A method was reached without its gate.");
}
