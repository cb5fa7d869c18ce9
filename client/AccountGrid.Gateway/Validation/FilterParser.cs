using System.Globalization;
using System.Text;

namespace AccountGrid.Gateway.Validation;

/// <summary>
/// Reads filters, a small part of AIP-160: <c>term {AND term}</c>, where a term is <c>field operator value</c>, an
/// operator is <c>=</c>, <c>&gt;=</c> or <c>&lt;</c>, and a value is a word of <c>A-Z a-z 0-9 _ - . / : @ + | *</c> or
/// text in double quotes, in which <c>\"</c> and <c>\\</c> stand for themselves. Each field stands at most once with
/// each operator. At most 512 characters.
/// </summary>
internal static class FilterParser
{
    private const int MostCharacters = 512;

    /// <summary>Reads a filter; a fault is added to <paramref name="checks"/> as field <c>filter</c>.</summary>
    public static IReadOnlyList<FilterTerm> Parse(ref FieldChecks checks, string filter)
    {
        if (string.IsNullOrWhiteSpace(filter))
        {
            return [];
        }

        if (filter.Length > MostCharacters)
        {
            checks.Add(
                "filter", string.Create(CultureInfo.InvariantCulture, $"must be at most {MostCharacters} characters"));
            return [];
        }

        var reader = new Reader(filter);
        var terms = new List<FilterTerm>();
        while (reader.Fault is null)
        {
            var term = new FilterTerm(reader.Word(field: true), reader.Operator(), reader.Value());
            if (terms.Exists(t => t.Field == term.Field && t.Operator == term.Operator))
            {
                reader.Fail($"says {term.Field} {term.Operator} twice");
            }

            terms.Add(term);
            if (reader.AtEnd)
            {
                break;
            }

            if (reader.Word(field: false) != "AND")
            {
                reader.Fail("joins terms by AND only");
            }
        }

        if (reader.Fault is not { } fault)
        {
            return terms;
        }

        checks.Add("filter", fault);
        return [];
    }

    private ref struct Reader(string text)
    {
        private int _at;

        /// <summary>The first fault.</summary>
        public string? Fault { get; private set; }

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at >= text.Length;
            }
        }

        public void Fail(string rule) =>
            Fault ??= string.Create(CultureInfo.InvariantCulture, $"{rule} (at character {_at + 1})");

        public string Word(bool field)
        {
            SkipSpace();
            var from = _at;
            while (_at < text.Length && IsWord(text[_at], field))
            {
                _at++;
            }

            if (_at == from)
            {
                Fail(field ? "needs a field here" : "needs a word here");
            }

            return text[from.._at];
        }

        public string Operator()
        {
            SkipSpace();
            var found = text.AsSpan(_at) switch
            {
                ['=', ..] => "=",
                ['>', '=', ..] => ">=",
                ['<', not '=', ..] => "<",
                _ => "",
            };
            if (found.Length == 0)
            {
                Fail("needs one of = >= < here");
            }

            _at += found.Length;
            return found;
        }

        public string Value()
        {
            SkipSpace();
            if (_at >= text.Length || text[_at] != '"')
            {
                return Word(field: false);
            }

            var value = new StringBuilder();
            for (_at++; _at < text.Length; _at++)
            {
                var c = text[_at];
                if (c == '"')
                {
                    _at++;
                    return value.ToString();
                }

                if (c == '\\')
                {
                    if (++_at >= text.Length || text[_at] is not ('"' or '\\'))
                    {
                        break;
                    }

                    c = text[_at];
                }

                value.Append(c);
            }

            Fail("has text that is not closed or escaped as it should be");
            return "";
        }

        private void SkipSpace()
        {
            while (_at < text.Length && text[_at] == ' ')
            {
                _at++;
            }
        }

        private static bool IsWord(char c, bool field) =>
            char.IsAsciiLetterOrDigit(c) || c == '_' || (!field && "-./:@+|*".Contains(c, StringComparison.Ordinal));
    }
}
