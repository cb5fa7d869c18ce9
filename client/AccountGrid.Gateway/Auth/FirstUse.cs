using System.Collections.Concurrent;
using AccountGrid.Domain;
using AccountGrid.Grains;
using Microsoft.Extensions.Options;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// With the development key: a token's subject becomes an active operator when it is first seen, so that a fresh
/// installation can be tried at once. The register decides: an offboarded operator is not enrolled again.
/// Thread-safe.
/// </summary>
internal sealed class FirstUse(IOptions<GatewayOptions> options, GrainCalls grains)
{
    /// <summary>Subjects remembered at most; then all are forgotten, which costs one look-up for each.</summary>
    private const int Most = 10_000;

    private static readonly CallerInfo System = new(ActorKind.System, Actor.System.Subject, Roles.None);
    private readonly bool _isOn = options.Value.Auth.EnrollOnFirstUse;
    private readonly ConcurrentDictionary<(string Subject, Roles Roles), bool> _seen = new();

    /// <summary>Whether this caller has to be enrolled.</summary>
    public bool NeedsEnrolment(CallerIdentity caller) =>
        _isOn && caller.IsStaff && !_seen.ContainsKey((caller.Subject, caller.Roles));

    /// <summary>Enrols the caller. Safe to repeat.</summary>
    public async Task EnrollAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        var enroll = new OperatorInput.EnrollOnFirstUse(caller.Roles & Roles.Staff);
        var reply = await grains.RepeatAsync(
            () => grains.Operator(caller.Subject).ExecuteAsync(enroll, System, cancellationToken), cancellationToken);
        if (reply.Refusal is { } refusal)
        {
            throw GrainCalls.Refused(refusal);
        }

        if (_seen.Count >= Most)
        {
            _seen.Clear();
        }

        _seen[(caller.Subject, caller.Roles)] = true;
    }
}
