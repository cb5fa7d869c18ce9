using System.Reflection;
using Google.Protobuf.Reflection;

namespace AccountGrid.Gateway.Mapping;

/// <summary>The values of an enum of the domain beside those of the protocol. Immutable.</summary>
internal sealed class EnumMap<TDomain, TProto>
    where TDomain : struct, Enum
    where TProto : struct, Enum
{
    private readonly (TDomain Domain, TProto Proto, string Name)[] _rows;

    public EnumMap(params (TDomain Domain, TProto Proto)[] pairs) =>
        _rows = [.. pairs.Select(static pair => (pair.Domain, pair.Proto, NameOf(pair.Proto)))];

    /// <summary>The names of the protocol's values, as in <c>ACTIVE, ERASED</c>.</summary>
    public string Names => string.Join(", ", _rows.Select(static row => row.Name));

    /// <summary>All pairs.</summary>
    public IEnumerable<(TDomain Domain, TProto Proto)> Pairs => _rows.Select(static row => (row.Domain, row.Proto));

    /// <summary>The protocol's value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The domain's value is not in the table.</exception>
    public TProto ToProto(TDomain value)
    {
        foreach (var row in _rows)
        {
            if (EqualityComparer<TDomain>.Default.Equals(row.Domain, value))
            {
                return row.Proto;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, $"Unknown {typeof(TDomain).Name}.");
    }

    /// <summary>The domain's value; <c>null</c> for one that is not in the table.</summary>
    public TDomain? FromProto(TProto value)
    {
        foreach (var row in _rows)
        {
            if (EqualityComparer<TProto>.Default.Equals(row.Proto, value))
            {
                return row.Domain;
            }
        }

        return null;
    }

    /// <summary>The domain's value by the protocol's name; <c>null</c> for an unknown name.</summary>
    public TDomain? Parse(string name)
    {
        foreach (var row in _rows)
        {
            if (row.Name == name)
            {
                return row.Domain;
            }
        }

        return null;
    }

    private static string NameOf(TProto value) =>
        typeof(TProto).GetField(value.ToString())!.GetCustomAttribute<OriginalNameAttribute>()!.Name;
}
