using AccountGrid.Domain;
using Microsoft.Extensions.Logging;

namespace AccountGrid.Grains;

/// <content>What it logs.</content>
public sealed partial class AccountGrain
{
    private static partial class Log
    {
        public static void LoadFailed(ILogger logger, Exception exception, AccountId account, bool damaged)
        {
            if (damaged)
            {
                Damaged(logger, exception, account);
            }
            else
            {
                NotLoaded(logger, exception, account);
            }
        }

        [LoggerMessage(2001, LogLevel.Critical,
            "ALERT: the journal of account {Account} is damaged. The account is out of service until it is repaired; no other is concerned.")]
        public static partial void Damaged(ILogger logger, Exception exception, AccountId account);

        [LoggerMessage(2002, LogLevel.Warning, "Account {Account} could not be loaded; the next call tries again.")]
        private static partial void NotLoaded(ILogger logger, Exception exception, AccountId account);

        [LoggerMessage(2003, LogLevel.Warning, "Account {Account} was changed by another activation; this one ends.")]
        public static partial void Fenced(ILogger logger, AccountId account);
    }
}
