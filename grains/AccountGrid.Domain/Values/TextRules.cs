using System.Globalization;

namespace AccountGrid.Domain;

/// <summary>
/// The rules for every piece of text that a caller may send, each answering with the rule that is broken or
/// <c>null</c>. Control and bidirectional-override characters are refused in all of them, because an auditor must
/// see exactly what is stored.
/// </summary>
public static class TextRules
{
    /// <summary>A note: up to <see cref="Limits.NoteLength"/> characters; line feed and tab are allowed.</summary>
    public static string? Note(string text) => Printable(text, Limits.NoteLength, allowLines: true);

    /// <summary>A ticket reference: up to <see cref="Limits.TicketLength"/> printable characters.</summary>
    public static string? Ticket(string text) => Printable(text, Limits.TicketLength, allowLines: false);

    /// <summary>A display name: up to <see cref="Limits.DisplayNameLength"/> printable characters.</summary>
    public static string? DisplayName(string text) => Printable(text, Limits.DisplayNameLength, allowLines: false);

    /// <summary>A handle: 1 to 30 of <c>A-Z a-z 0-9 _</c>.</summary>
    public static string? Handle(string text) =>
        text.Length is 0 or > Limits.HandleLength || !text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? "must be 1 to 30 characters of A-Z a-z 0-9 _"
            : null;

    /// <summary>A reason code's form: 1 to 32 of <c>A-Z 0-9 _</c>, beginning with a letter.</summary>
    public static string? ReasonForm(string text) =>
        text.Length is 0 or > Limits.ReasonLength || !char.IsAsciiLetterUpper(text[0])
            || !text.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_')
            ? "must be 1 to 32 characters of A-Z 0-9 _ beginning with a letter"
            : null;

    /// <summary>A request id: 1 to 64 of <c>A-Z a-z 0-9 . _ : / -</c>.</summary>
    public static string? RequestId(string text) =>
        text.Length is 0 or > Limits.RequestIdLength
            || !text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or ':' or '/' or '-')
            ? "must be 1 to 64 characters of A-Z a-z 0-9 . _ : / -"
            : null;

    private static string? Printable(string text, int maxLength, bool allowLines)
    {
        if (text.Length > maxLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"must be at most {maxLength} characters");
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (allowLines && (c is '\n' or '\t'))
            {
                continue;
            }

            // By code point: the invisible tag characters lie outside the first plane. Format (Cf) holds them, the
            // bidirectional overrides and the zero-width characters that make text lie about itself. A lone surrogate
            // is a category of its own.
            var isPair = char.IsSurrogatePair(text, i);
            var codePoint = isPair ? char.ConvertToUtf32(c, text[i + 1]) : c;
            if (CharUnicodeInfo.GetUnicodeCategory(codePoint) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return string.Create(CultureInfo.InvariantCulture, $"must not contain the character U+{codePoint:X4}");
            }

            i += isPair ? 1 : 0;
        }

        return null;
    }
}
