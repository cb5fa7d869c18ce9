using AccountGrid.Gateway.Contract;
using AccountGrid.Gateway.Errors;

namespace AccountGrid.Gateway.Auth;

/// <summary>
/// Stands before one endpoint: is the caller known, may it call this, and (JSON only) does the request fit the proto? Made once per
/// endpoint, so that a call looks nothing up.
/// </summary>
internal sealed class MethodGate(MethodPolicy policy, RequestContract? contract, RequestDelegate inner)
{
    private Admission? _admission;

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Identity is not CallerIdentity caller)
        {
            return ErrorAnswer.WriteAsync(context, ErrorMap.FromHttpStatus(401));
        }

        // The same singleton every time: a race writes the same reference twice.
        var admission = _admission ??= context.RequestServices.GetRequiredService<Admission>();
        var admitted = admission.AdmitAsync(caller, policy, context.RequestAborted);
        return admitted.IsCompletedSuccessfully ? GoOn(context, admitted.Result) : AwaitAsync(context, admitted);
    }

    private async Task AwaitAsync(HttpContext context, ValueTask<ApiError?> admitted) => await GoOn(context, await admitted);

    private Task GoOn(HttpContext context, ApiError? refused) =>
        refused is not null ? ErrorAnswer.WriteAsync(context, refused)
        : contract is not null ? contract.CheckAsync(context, inner)
        : inner(context);
}
