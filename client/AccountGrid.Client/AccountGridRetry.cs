namespace AccountGrid.Client;

/// <summary>A call that is about to be sent again, or a watch that is about to be resumed.</summary>
/// <param name="Method">The call, such as <c>accountgrid.v1.AccountService/GetAccount</c>.</param>
/// <param name="Error">What happened; <c>null</c> where a watch ended without an error.</param>
/// <param name="Delay">The pause before the next attempt.</param>
/// <param name="Failures">How many attempts in a row have failed, from 1.</param>
public sealed record AccountGridRetry(string Method, AccountGridException? Error, TimeSpan Delay, int Failures);
