global using AccountGrid.Testing;
global using static AccountGrid.Application.Tests.TestToken;

namespace AccountGrid.Application.Tests;

/// <summary>The running test's own token, so that a hanging test ends.</summary>
internal static class TestToken
{
    public static CancellationToken Token => TestContext.Current.CancellationToken;
}
