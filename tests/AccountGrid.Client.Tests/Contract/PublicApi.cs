using System.Globalization;
using System.Reflection;

namespace AccountGrid.Client.Tests;

/// <summary>
/// What callers can see of the library, as lines of text: types, members and constants, with what they take, answer and
/// default to.
/// </summary>
internal static class PublicApi
{
    private static readonly NullabilityInfoContext Nullability = new();

    /// <summary>The surface of the built library, in order.</summary>
    public static IReadOnlyList<string> Lines { get; } =
        [.. typeof(AccountGridClient).Assembly.GetExportedTypes()
            .SelectMany(static t => MembersOf(t).Prepend(HeadOf(t))).Order(StringComparer.Ordinal)];

    private static string HeadOf(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
                : type.GetMethod("<Clone>$") is not null ? "record" : type.IsSealed ? "sealed class" : "class";
        var bases =
            (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType ? [parent] : Type.EmptyTypes)
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(i => type.BaseType?.IsAssignableTo(i) != true))
            .Select(NameOf).Order(StringComparer.Ordinal).ToArray();
        return $"{NameOf(type)}: {kind}{(bases.Length > 0 ? $" is {string.Join(", ", bases)}" : "")}";
    }

    private static IEnumerable<string> MembersOf(Type type) =>
        type.GetMembers(
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
                | BindingFlags.DeclaredOnly)
            .Select(member => (Line: Describe(member), member))
            .Where(m => m.Line is not null && !(m.member is MethodInfo && IsOfARecord(type, m.member.Name)))
            .Select(m => $"{NameOf(type)}.{m.Line}");

    private static string? Describe(MemberInfo member) => member switch
    {
        ConstructorInfo c when IsVisible(c) => $"new({ParametersOf(c)})",
        MethodInfo m when IsVisible(m) && !m.IsSpecialName =>
            $"{(m.IsStatic ? "static " : "")}{m.Name}({ParametersOf(m)}) -> {NameOf(m.ReturnType, Nullability.Create(m.ReturnParameter))}",
        PropertyInfo p when IsVisible(p.GetMethod) || IsVisible(p.SetMethod) =>
            $"{(p.GetMethod?.IsStatic == true ? "static " : "")}{p.Name}: {NameOf(p.PropertyType, Nullability.Create(p))}{AccessOf(p)}",
        FieldInfo { IsPublic: true, IsLiteral: true } f =>
            $"const {f.Name} = {Convert.ToString(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}",
        FieldInfo { IsPublic: true, IsSpecialName: false } f => $"{f.Name}: {NameOf(f.FieldType)}",
        _ => null,
    };

    /// <summary>What every record has says nothing about this one.</summary>
    private static bool IsOfARecord(Type type, string name) =>
        type.GetMethod("<Clone>$") is not null
            && name is "<Clone>$" or nameof(Equals) or nameof(GetHashCode) or nameof(ToString) or "Deconstruct";

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true };

    private static string AccessOf(PropertyInfo property)
    {
        var setter = property.SetMethod is { } set && IsVisible(set)
            ? set.ReturnParameter.GetRequiredCustomModifiers().Any(static m => m.Name == "IsExternalInit")
                ? " init"
                : " set"
            : "";
        return $" {{{(IsVisible(property.GetMethod) ? " get" : "")}{setter} }}";
    }

    private static string ParametersOf(MethodBase method) => string.Join(", ", method.GetParameters().Select(static p =>
        $"{NameOf(p.ParameterType, Nullability.Create(p))} {p.Name}{(p.HasDefaultValue ? $" = {Convert.ToString(p.DefaultValue, CultureInfo.InvariantCulture) switch { null or "" => p.ParameterType == typeof(string) && p.DefaultValue is not null ? "\"\"" : "default", var text => text }}" : "")}"));

    private static string NameOf(Type type) => NameOf(type, null);

    private static string NameOf(Type type, NullabilityInfo? nullability)
    {
        var mark = nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? "?" : "";
        if (Nullable.GetUnderlyingType(type) is { } bare)
        {
            return NameOf(bare) + "?";
        }

        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!, nullability?.ElementType) + "[]" + mark;
        }

        if (!type.IsGenericType)
        {
            return (type.IsNested ? $"{NameOf(type.DeclaringType!)}.{type.Name}"
                : type.Namespace?.StartsWith("AccountGrid", StringComparison.Ordinal) == true ? type.FullName!
                    : type.Name) + mark;
        }

        var arguments =
            type.GetGenericArguments()
                .Select((a, i) => NameOf(a, nullability?.GenericTypeArguments.ElementAtOrDefault(i)));
        return $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", arguments)}>{mark}";
    }
}
