using System.Collections.Immutable;
using AccountGrid.Domain;

namespace AccountGrid.Grains;

/// <summary>Gives each command on the register its turn. Holds no state: the journals do.</summary>
[GrainType("register")]
public sealed class RegisterGrain : Grain, IRegisterGrain
{
    /// <inheritdoc />
    public Task<OperatorReply> ExecuteAsync(
        string person, OperatorInput command, CallerInfo caller, CancellationToken cancellationToken) =>
        Record(person).ExecuteAsync(command, caller, cancellationToken);

    /// <inheritdoc />
    public async Task<int> FoundAsync(
        ImmutableArray<string> founders, string digest, CancellationToken cancellationToken)
    {
        var enrolled = 0;
        foreach (var founder in founders)
        {
            var before = await Record(founder).GetAsync(cancellationToken);
            var reply = await Record(founder).ExecuteAsync(
                new OperatorInput.EnrollFounder(digest), OperatorMapping.System, cancellationToken);
            if (reply.Refusal is { } refusal)
            {
                throw new GrainRefusedException(refusal);
            }

            enrolled += reply.Operator is { } after && after.Version > before.Version ? 1 : 0;
        }

        return enrolled;
    }

    private IOperatorGrain Record(string person) =>
        GrainFactory.GetGrain<IOperatorGrain>(StreamId.Of(OperatorId.Parse(person)).Value);
}
