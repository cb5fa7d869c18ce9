namespace AccountGrid.Domain;

/// <summary>
/// The fixed limits on every request, in one place. They are part of the wire contract; what an
/// installation may tune is in <see cref="AccountPolicy"/>.
/// </summary>
public static class Limits
{
    /// <summary>Longest note, in UTF-16 characters.</summary>
    public const int NoteLength = 1000;

    /// <summary>Longest ticket reference, in characters.</summary>
    public const int TicketLength = 64;

    /// <summary>Longest handle, in characters.</summary>
    public const int HandleLength = 30;

    /// <summary>Longest reason code, in characters.</summary>
    public const int ReasonLength = 32;

    /// <summary>Longest request id, in characters.</summary>
    public const int RequestIdLength = 64;

    /// <summary>Longest display name of an operator, in characters.</summary>
    public const int DisplayNameLength = 100;

    /// <summary>
    /// Request ids that an account remembers whatever their age; beyond them, those older than
    /// <see cref="RequestsRememberedFor"/> are forgotten, oldest first.
    /// </summary>
    public const int RememberedRequests = 32;

    /// <summary>
    /// Request ids of one caller that an account remembers; with one more, this caller's oldest is forgotten.
    /// </summary>
    public const int RememberedRequestsOfACaller = 64;

    /// <summary>
    /// Request ids of all callers that an account remembers; with one more, the oldest of the caller that has the most
    /// is forgotten.
    /// </summary>
    public const int RememberedRequestsOfAll = 256;

    /// <summary>
    /// Entries of refused attempts of one caller in one journal within <see cref="RefusalWindow"/>, where the caller
    /// has the power to ask; further ones are counted.
    /// </summary>
    public const int RefusalEntries = 64;

    /// <summary>As <see cref="RefusalEntries"/>, for refusals for want of a role or of any authority.</summary>
    public const int PowerlessRefusalEntries = 8;

    /// <summary>
    /// Callers whose refused attempts within <see cref="RefusalWindow"/> are entries of a journal; the attempts of
    /// further callers are counted.
    /// </summary>
    public const int RefusedCallers = 32;

    /// <summary>
    /// As <see cref="RefusedCallers"/>, for attempts of callers who had the power to ask: only so many are operators.
    /// </summary>
    public const int RefusedCallersWithPower = 256;

    /// <summary>Closed proposals remembered per account, so that a late approval gets the true reason.</summary>
    public const int RememberedProposals = 8;

    /// <summary>
    /// Changes of power of one admin that may wait at the same time: each makes a record, also for a name that is made
    /// up.
    /// </summary>
    public const int PowerProposalsOfAnAdmin = 50;

    /// <summary>Settings that one proposal may change.</summary>
    public const int PolicyChanges = 64;

    /// <summary>Longest value of a setting in a proposal, in characters.</summary>
    public const int PolicyValueLength = 4096;

    /// <summary>Most accounts in one batch read.</summary>
    public const int BatchGet = 1000;

    /// <summary>Largest page of any listing, in items.</summary>
    public const int PageSize = 1000;

    /// <summary>Default page of any listing, in items.</summary>
    public const int DefaultPageSize = 50;

    /// <summary>Most follow changes applied in one transaction for one account.</summary>
    public const int FollowBatch = 10_000;

    /// <summary>Most accounts that one undo call restores; the answer says how many remain.</summary>
    public const int UndoAccounts = 1000;

    /// <summary>Most followers that one allowance lets a protected account lose.</summary>
    public const long AllowedLoss = 1_000_000_000_000;

    /// <summary>How long a request id is remembered at least, up to the numbers above.</summary>
    public static readonly TimeSpan RequestsRememberedFor = TimeSpan.FromHours(24);

    /// <summary>The window within which the entries of refused attempts are bounded.</summary>
    public static readonly TimeSpan RefusalWindow = TimeSpan.FromHours(1);

    /// <summary>How far ahead a harmful action may be dated.</summary>
    public static readonly TimeSpan ScheduleAhead = TimeSpan.FromDays(90);

    /// <summary>How long a suspension with an end may last.</summary>
    public static readonly TimeSpan SuspensionLength = TimeSpan.FromDays(3650);

    /// <summary>The shortest time for which an allowance to lose followers may be asked.</summary>
    public static readonly TimeSpan AllowanceAtLeast = TimeSpan.FromMinutes(1);

    /// <summary>How long an allowance to lose followers may last.</summary>
    public static readonly TimeSpan AllowanceAtMost = TimeSpan.FromDays(7);

    /// <summary>How long after it was raised a protection is reviewed by default.</summary>
    public static readonly TimeSpan DefaultReview = TimeSpan.FromDays(90);

    /// <summary>How far ahead a protection's review date may lie.</summary>
    public static readonly TimeSpan ReviewAhead = TimeSpan.FromDays(366);
}
