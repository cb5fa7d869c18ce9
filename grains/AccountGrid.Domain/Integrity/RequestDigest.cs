namespace AccountGrid.Domain;

/// <summary>
/// SHA-256 over what was asked and by whom, lower-case hex: tells a retry from a reused request id, and binds an
/// approval to one exact action.
/// </summary>
public static class RequestDigest
{
    /// <summary>The digest of a whole request, without its request id.</summary>
    public static string Of(AccountId account, AccountRequest request)
    {
        var writer = new CanonicalWriter("accountgrid.request.v1").Add(account.Value);
        AddActor(writer, request.Caller.Actor);
        writer.Add(request.ExpectedStateVersion ?? -1).Add(request.Command.Name);
        return request.Command.AddTo(writer).Sha256Hex();
    }

    /// <summary>The digest of a registration, without its request id.</summary>
    public static string OfRegistration(AccountId account, Actor caller, string handle)
    {
        var writer = new CanonicalWriter("accountgrid.request.v1").Add(account.Value);
        AddActor(writer, caller);
        return writer.Add(-1).Add("register").Add(handle).Sha256Hex();
    }

    /// <summary>The digest that a proposal carries: account, proposer and the exact action.</summary>
    public static string Of(AccountId account, Actor proposer, HarmAction action)
    {
        var writer = new CanonicalWriter("accountgrid.proposal.v1").Add(account.Value);
        AddActor(writer, proposer);
        return action.AddTo(writer).Sha256Hex();
    }

    /// <summary>The digest of a whole request on an operator's record, without its request id.</summary>
    public static string Of(OperatorId person, OperatorRequest request)
    {
        var writer = new CanonicalWriter("accountgrid.operator-request.v1").Add(person.Value);
        AddActor(writer, request.Caller.Actor);
        writer.Add(request.ExpectedPowerVersion ?? -1).Add(request.Command.Name);
        return request.Command.AddTo(writer).Sha256Hex();
    }

    /// <summary>
    /// The digest that a proposal about power carries: operator, proposer, the exact change and the power version that
    /// it is bound to.
    /// </summary>
    public static string Of(OperatorId person, Actor proposer, PowerChange change, long powerVersion)
    {
        var writer = new CanonicalWriter("accountgrid.power-proposal.v1").Add(person.Value);
        AddActor(writer, proposer);
        return change.AddTo(writer).Add(powerVersion).Sha256Hex();
    }

    /// <summary>The digest of a request to release the brake, without its request id.</summary>
    public static string OfRelease(BrakeReleaseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var writer = new CanonicalWriter("accountgrid.brake-request.v1");
        AddActor(writer, request.Caller.Actor);
        return writer.Add("release").Add(request.Note).Sha256Hex();
    }

    /// <summary>The digest of a whole request on the policy record, without its request id.</summary>
    public static string Of(PolicyRequest request)
    {
        var writer = new CanonicalWriter("accountgrid.policy-request.v1");
        AddActor(writer, request.Caller.Actor);
        writer.Add(request.ExpectedPolicyVersion ?? -1).Add(request.Command.Name);
        return request.Command.AddTo(writer).Sha256Hex();
    }

    /// <summary>
    /// The digest that a proposal about the policy carries: proposer, the exact changes and the policy version that it
    /// is bound to.
    /// </summary>
    public static string Of(Actor proposer, IReadOnlyCollection<SettingChange> changes, long policyVersion)
    {
        var writer = new CanonicalWriter("accountgrid.policy-proposal.v1");
        AddActor(writer, proposer);
        writer.Add(changes.Count);
        foreach (var change in changes)
        {
            writer.Add(change.Name).Add(change.From).Add(change.To);
        }

        return writer.Add(policyVersion).Sha256Hex();
    }

    private static void AddActor(CanonicalWriter writer, Actor actor) =>
        writer.Add((long)actor.Kind).Add(actor.Subject);
}
