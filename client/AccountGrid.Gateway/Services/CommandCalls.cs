using AccountGrid.Gateway.Mapping;
using AccountGrid.Grains;
using Grpc.Core;

namespace AccountGrid.Gateway.Services;

/// <summary>Commands as the services send and answer them: carried out, or only validated (AIP-163).</summary>
internal static class CommandCalls
{
    /// <summary>A command on an account, answered as the caller may see it.</summary>
    /// <exception cref="Errors.ApiException">It was refused, would be, or its outcome is unknown.</exception>
    public static async Task<CommandAnswer> AnswerAsync(
        this GrainCalls grains, long id, CommandInput command, string? requestId, long? expectedStateVersion,
        bool validateOnly, ServerCallContext context)
    {
        var (caller, cancel) = (context.CommandCaller(), context.CancellationToken);
        return validateOnly
            ? CommandMapping.ToProto(
                await grains.ValidateAsync(
                    () => grains.Account(id).ValidateAsync(command, caller, requestId, expectedStateVersion, cancel),
                    static reply => reply.Refusal, cancel),
                context.Viewer())
            : CommandMapping.ToProto(
                await grains.ExecuteAsync(id, command, caller, requestId, expectedStateVersion, cancel),
                context.Viewer());
    }

    /// <summary>A command on an operator.</summary>
    /// <exception cref="Errors.ApiException">It was refused, would be, or its outcome is unknown.</exception>
    public static async Task<PowerAnswer> AnswerAsync(
        this GrainCalls grains, string id, OperatorInput command, bool validateOnly, ServerCallContext context)
    {
        var (caller, cancel) = (context.CommandCaller(), context.CancellationToken);
        return OperatorMapping.ToProto(validateOnly
            ? await grains.ValidateAsync(
                () => grains.Operator(id).ValidateAsync(command, caller, cancel), static reply => reply.Refusal, cancel)
            : await grains.ExecuteAsync(id, command, caller, cancel));
    }

    /// <summary>A command on the policy record.</summary>
    /// <exception cref="Errors.ApiException">It was refused, would be, or its outcome is unknown.</exception>
    public static async Task<PolicyReply> AnswerAsync(
        this GrainCalls grains, PolicyInput command, bool validateOnly, ServerCallContext context)
    {
        var (caller, cancel) = (context.CommandCaller(), context.CancellationToken);
        return validateOnly
            ? await grains.ValidateAsync(
                () => grains.Policy.ValidateAsync(command, caller, cancel), static reply => reply.Refusal, cancel)
            : await grains.ExecuteAsync(command, caller, cancel);
    }
}
