using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Services;

namespace AccountGrid.Grains.Tests;

/// <summary>
/// What silos of two versions must agree on, as lines of text: the names of grains, interfaces and methods with what
/// they take and answer; the names of types on the wire with the numbers and types of their members; the numbers of
/// enums; the names in stored snapshots.
/// </summary>
internal static class WireContract
{
    private static readonly Assembly[] Assemblies = [typeof(IAccountGrain).Assembly, typeof(AccountGrain).Assembly];

    /// <summary>The contract of the built program, in order.</summary>
    public static IReadOnlyList<string> Lines { get; } =
        [.. Grains().Concat(Methods()).Concat(Members()).Concat(Enums()).Concat(Snapshots())
            .Order(StringComparer.Ordinal)];

    private static IEnumerable<Type> Types => Assemblies.SelectMany(static a => a.GetTypes());

    private static IEnumerable<Type> Serialized =>
        Types.Where(static t => t.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null);

    private static IEnumerable<Type> Interfaces =>
        Types.Where(static t =>
            t.IsInterface && (typeof(IGrain).IsAssignableFrom(t) || typeof(IGrainService).IsAssignableFrom(t)));

    private static IEnumerable<string> Grains() =>
        from type in Types
        let named = type.GetCustomAttributesData()
            .FirstOrDefault(static a => a.AttributeType == typeof(GrainTypeAttribute))
        where named is not null
        select $"grain {named.ConstructorArguments[0].Value}: {string.Join(", ", Interfaces.Where(i => i.IsAssignableFrom(type)).Select(NameOf).Order(StringComparer.Ordinal))}";

    private static IEnumerable<string> Methods() =>
        from type in Interfaces
        from method in type.GetMethods()
        let oneWay = method.GetCustomAttribute<OneWayAttribute>() is null ? "" : " one-way"
        let taken = string.Join(", ", method.GetParameters().Select(static p => NameOf(p.ParameterType)))
        select $"method {NameOf(type)}.{method.GetCustomAttribute<AliasAttribute>()!.Alias}({taken}) -> {NameOf(method.ReturnType)}{oneWay}";

    private static IEnumerable<string> Members() => Serialized.SelectMany(static type =>
        type.GetMembers(
            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Select(static m => (Member: m, Number: m.GetCustomAttribute<IdAttribute>()?.Id))
            .Where(static m => m.Number is not null)
            .Select(
                m =>
                    string.Create(CultureInfo.InvariantCulture,
                        $"member {NameOf(type)} {m.Number:D2} {m.Member.Name}: {NameOf(TypeOf(m.Member))}"))
            .Prepend(
                $"type {NameOf(type)}{(type.BaseType is { } parent && Serialized.Contains(parent) ? $" is {NameOf(parent)}" : "")}"));

    private static IEnumerable<string> Enums() =>
        from type in Serialized.SelectMany(static t => t.GetProperties().Select(static p => Bare(p.PropertyType)))
            .Distinct()
        where type.IsEnum
        from name in Enum.GetNames(type)
        select string.Create(CultureInfo.InvariantCulture,
            $"enum {type.Name} {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)} {name}");

    /// <summary>They are JSON, by the names of properties.</summary>
    private static IEnumerable<string> Snapshots() =>
        typeof(AccountSnapshotState).GetProperties().Select(static p => $"snapshot {p.Name}: {NameOf(p.PropertyType)}");

    private static Type TypeOf(MemberInfo member) =>
        member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    private static Type Bare(Type type) =>
        Nullable.GetUnderlyingType(type)
            ?? (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
                ? type.GetGenericArguments()[0]
                : type);

    private static string NameOf(Type type)
    {
        var name = type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias
            ?? (type.IsGenericType ? type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)] : type.Name);
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>" : name;
    }
}
