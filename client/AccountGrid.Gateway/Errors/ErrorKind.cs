using Grpc.Core;

namespace AccountGrid.Gateway.Errors;

/// <summary>One kind of error as both protocols show it.</summary>
/// <param name="Reason">The stable <c>ErrorInfo.reason</c>.</param>
/// <param name="Code">The gRPC status.</param>
/// <param name="HttpStatus">
/// The HTTP status: google.rpc's own mapping, except where HTTP has a more exact one (405, 413, 415, 421).
/// </param>
internal readonly record struct ErrorKind(string Reason, StatusCode Code, int HttpStatus);
