using Microsoft.Extensions.Primitives;

namespace AccountGrid.JsonContract;

/// <summary>What the header Content-Encoding says of a body.</summary>
public static class ContentEncodings
{
    /// <summary>The header's name as errors have it.</summary>
    public const string Field = "content-encoding";

    /// <summary>Whether the body is sent as it is.</summary>
    public static bool IsIdentity(StringValues encodings) => encodings.ToString()
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .All(static encoding => encoding.Equals("identity", StringComparison.OrdinalIgnoreCase));
}
