using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>
/// The commands that callers may send to an account's grain. A closed hierarchy that mirrors the domain's.
/// </summary>
[GenerateSerializer, Immutable, Alias("ag.command")]
public abstract record CommandInput
{
    /// <summary>Deactivate, suspend, erase or unprotect.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.harm")]
    public sealed record Harm([property: Id(0)] HarmInput Action, [property: Id(1)] bool DirectOnly) : CommandInput;

    /// <summary>Lift holds.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.restore")]
    public sealed record Restore(
        [property: Id(0)] bool Owner,
        [property: Id(1)] ImmutableArray<HoldKind> Kinds,
        [property: Id(2)] string Reason,
        [property: Id(3)] string Note,
        [property: Id(4)] string Ticket) : CommandInput;

    /// <summary>Lift the holds that one operator placed or approved.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.undo")]
    public sealed record Undo([property: Id(0)] string Operator, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] string Note) : CommandInput;

    /// <summary>
    /// Raise or renew the explicit protection; no owner = the caller, no review date = the default one.
    /// </summary>
    [GenerateSerializer, Immutable, Alias("ag.command.protect")]
    public sealed record Protect(
        [property: Id(0)] string? Owner,
        [property: Id(1)] string Reason,
        [property: Id(2)] string Note,
        [property: Id(3)] string Ticket,
        [property: Id(4)] DateTimeOffset? ReviewAt) : CommandInput;

    /// <summary>Approve a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.approve")]
    public sealed record Approve([property: Id(0)] long Sequence, [property: Id(1)] string? Digest, [property: Id(2)] string Note) : CommandInput;

    /// <summary>Reject a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.reject")]
    public sealed record Reject([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput;

    /// <summary>Withdraw a proposal.</summary>
    [GenerateSerializer, Immutable, Alias("ag.command.withdraw")]
    public sealed record Withdraw([property: Id(0)] long Sequence, [property: Id(1)] string Note) : CommandInput;
}
