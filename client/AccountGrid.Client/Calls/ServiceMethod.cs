using AccountGrid.V1;
using Google.Protobuf.Reflection;
using Grpc.Health.V1;

namespace AccountGrid.Client;

/// <summary>What happens if a call is sent twice.</summary>
internal enum Repetition
{
    /// <summary>
    /// Nothing more than if it was sent once: it only reads, it says what shall be, or it carries a request id.
    /// </summary>
    Harmless,

    /// <summary>It acts twice.</summary>
    ActsTwice,
}

/// <summary>Which of <see cref="AccountGridDeadlines"/> limits one attempt.</summary>
internal enum TimeKind
{
    Read,
    Command,
    Undo,
    Verify,
    IngestStream,
    Watch,
}

/// <summary>A method of the server, and what the client must know about it.</summary>
/// <param name="Service">Its service, such as <c>accountgrid.v1.AccountService</c>.</param>
/// <param name="Name">Its name, such as <c>GetAccount</c>.</param>
/// <param name="Time">Its time limit.</param>
/// <param name="IsChange">Whether it changes anything.</param>
/// <param name="Repetition">What happens if it is sent twice.</param>
internal sealed record ServiceMethod(string Service, string Name, TimeKind Time, bool IsChange, Repetition Repetition)
{
    /// <summary>As in a request's path.</summary>
    public string FullName { get; } = $"{Service}/{Name}";
}

/// <summary>
/// The one table of methods. Whether a call may be repeated when its outcome is unknown stands here and nowhere else;
/// <see cref="RetryRule"/> reads it. A command with a request id may, because the same id with the same body acts once.
/// Of what has none: follows and unfollows say what shall be; an offboarding only ever moves the end of authority
/// earlier; an undo finds nothing left to restore. Enrolling may not: between two sendings somebody may have offboarded
/// the person, and the second would give the powers back.
/// </summary>
internal static class ServiceMethods
{
    private static readonly ServiceDescriptor Accounts = AccountService.Descriptor;
    private static readonly ServiceDescriptor Followers = FollowerService.Descriptor;
    private static readonly ServiceDescriptor Proposals = ProposalService.Descriptor;
    private static readonly ServiceDescriptor Operators = OperatorService.Descriptor;
    private static readonly ServiceDescriptor Audit = AuditService.Descriptor;

    public static readonly ServiceMethod RegisterAccount = Command(Accounts, "RegisterAccount");
    public static readonly ServiceMethod GetAccount = Read(Accounts, "GetAccount");
    public static readonly ServiceMethod GetPublicAccount = Read(Accounts, "GetPublicAccount");
    public static readonly ServiceMethod BatchGetAccounts = Read(Accounts, "BatchGetAccounts");
    public static readonly ServiceMethod ListAccounts = Read(Accounts, "ListAccounts");
    public static readonly ServiceMethod DeactivateAccount = Command(Accounts, "DeactivateAccount");
    public static readonly ServiceMethod SuspendAccount = Command(Accounts, "SuspendAccount");
    public static readonly ServiceMethod RestoreAccount = Command(Accounts, "RestoreAccount");
    public static readonly ServiceMethod EraseAccount = Command(Accounts, "EraseAccount");
    public static readonly ServiceMethod ProtectAccount = Command(Accounts, "ProtectAccount");
    public static readonly ServiceMethod UnprotectAccount = Command(Accounts, "UnprotectAccount");
    public static readonly ServiceMethod ListJournalEntries = Read(Accounts, "ListJournalEntries");
    public static readonly ServiceMethod ListIncidents = Read(Accounts, "ListIncidents");
    public static readonly ServiceMethod PutFollower = Command(Followers, "PutFollower");
    public static readonly ServiceMethod DeleteFollower = Command(Followers, "DeleteFollower");
    public static readonly ServiceMethod IngestFollows = Command(Followers, "IngestFollows", TimeKind.IngestStream);
    public static readonly ServiceMethod ListProposals = Read(Proposals, "ListProposals");
    public static readonly ServiceMethod ApproveProposal = Command(Proposals, "ApproveProposal");
    public static readonly ServiceMethod RejectProposal = Command(Proposals, "RejectProposal");
    public static readonly ServiceMethod WithdrawProposal = Command(Proposals, "WithdrawProposal");
    public static readonly ServiceMethod ListOperators = Read(Operators, "ListOperators");
    public static readonly ServiceMethod GetOperator = Read(Operators, "GetOperator");
    public static readonly ServiceMethod EnrollOperator = Command(Operators, "EnrollOperator", repetition: Repetition.ActsTwice);
    public static readonly ServiceMethod OffboardOperator = Command(Operators, "OffboardOperator");
    public static readonly ServiceMethod UndoOperator = Command(Operators, "UndoOperator", TimeKind.Undo);
    public static readonly ServiceMethod ListAuditEntries = Read(Audit, "ListAuditEntries");
    public static readonly ServiceMethod VerifyAudit = Read(Audit, "VerifyAudit", TimeKind.Verify);
    public static readonly ServiceMethod ListCheckpoints = Read(Audit, "ListCheckpoints");
    public static readonly ServiceMethod WatchEvents = Read(EventService.Descriptor, "WatchEvents", TimeKind.Watch);
    public static readonly ServiceMethod GetTrace = Read(TraceService.Descriptor, "GetTrace");
    public static readonly ServiceMethod ListTraces = Read(TraceService.Descriptor, "ListTraces");
    public static readonly ServiceMethod CheckHealth = new(Health.Descriptor.FullName, "Check", TimeKind.Read, IsChange: false, Repetition.Harmless);

    private static ServiceMethod Read(ServiceDescriptor service, string name, TimeKind time = TimeKind.Read) =>
        new(service.FullName, name, time, IsChange: false, Repetition.Harmless);

    private static ServiceMethod Command(
        ServiceDescriptor service, string name, TimeKind time = TimeKind.Command, Repetition repetition = Repetition.Harmless) =>
        new(service.FullName, name, time, IsChange: true, repetition);
}
