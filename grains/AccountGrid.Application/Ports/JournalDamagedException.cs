namespace AccountGrid.Application;

/// <summary>
/// A journal does not fold: an entry is missing, doubled or impossible. The account is out of service; an alert is due.
/// </summary>
public sealed class JournalDamagedException(string message, Exception? inner = null) : Exception(message, inner);
