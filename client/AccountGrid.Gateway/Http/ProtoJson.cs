using Google.Protobuf;

namespace AccountGrid.Gateway.Http;

/// <summary>
/// Messages as JSON outside transcoding, in the same form: 64-bit integers as strings, enums by name, defaults written.
/// </summary>
internal static class ProtoJson
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>The message on one line.</summary>
    public static string Format(IMessage message) => Formatter.Format(message);
}
