using System.Collections;
using System.CommandLine;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace AccountGrid.Cli.Commands;

/// <summary>
/// An argument or option, and the field of the request that its value fills. Where no value is given, the field keeps
/// its default.
/// </summary>
internal sealed class RequestField
{
    private readonly string _name;
    private readonly Func<Invocation, object?> _value;

    private RequestField(string name, Symbol symbol, Func<Invocation, object?> value) =>
        (_name, Symbol, _value) = (name, symbol, value);

    /// <summary>The argument or option.</summary>
    public Symbol Symbol { get; }

    /// <summary>A field that takes an argument's value as it is.</summary>
    public static RequestField Of<T>(string name, Argument<T> argument) =>
        new(name, argument, run => run.Get(argument));

    /// <summary>A field that takes an option's value as it is.</summary>
    public static RequestField Of<T>(string name, Option<T> option) => new(name, option, run => run.Get(option));

    /// <summary>A field that takes an instant; a distance means the future.</summary>
    public static RequestField Ahead(string name, Option<InstantSpec?> option) =>
        new(name, option, run => At(run.Get(option)?.Ahead(run.Clock)));

    /// <summary>A field that takes an instant; a distance means the past.</summary>
    public static RequestField Back(string name, Option<InstantSpec?> option) =>
        new(name, option, run => At(run.Get(option)?.Back(run.Clock)));

    /// <summary>The field's description.</summary>
    /// <exception cref="ArgumentException">The message has no such field.</exception>
    public FieldDescriptor In(MessageDescriptor message) => message.FindFieldByName(_name)
        ?? throw new ArgumentException($"{message.Name} has no field {_name}.", nameof(message));

    /// <summary>Writes the value that was given into the request.</summary>
    public void Fill(Invocation run, IMessage request)
    {
        var field = In(request.Descriptor);
        switch (_value(run))
        {
            case null:
                break;
            case IEnumerable values when field.IsRepeated:
                var list = (IList)field.Accessor.GetValue(request);
                foreach (var value in values)
                {
                    list.Add(value);
                }

                break;
            case long number when field.FieldType == FieldType.Int32:
                field.Accessor.SetValue(request, checked((int)number));
                break;
            case { } value:
                field.Accessor.SetValue(request, value);
                break;
        }
    }

    private static Timestamp? At(DateTimeOffset? instant) =>
        instant is { } at ? Timestamp.FromDateTimeOffset(at) : null;
}
