namespace AccountGrid.Gateway.Errors;

/// <summary>
/// Carries an <see cref="ApiError"/> out of a service method; <see cref="ErrorInterceptor"/> maps it to the protocol's
/// form.
/// </summary>
internal sealed class ApiException(ApiError error) : Exception(error.Message)
{
    /// <summary>The error.</summary>
    public ApiError Error => error;
}
