using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace AccountGrid.OpenApi;

/// <summary>
/// The comments of proto elements by full name, from a descriptor set that was compiled with source info; generated
/// code carries none.
/// </summary>
internal sealed class ProtoComments
{
    private readonly Dictionary<string, string> _byName = new(StringComparer.Ordinal);

    /// <summary>Reads a serialized FileDescriptorSet.</summary>
    public static ProtoComments Read(Stream descriptorSet)
    {
        var result = new ProtoComments();
        foreach (var file in FileDescriptorSet.Parser.ParseFrom(descriptorSet).File)
        {
            foreach (var location in file.SourceCodeInfo.Location.Where(l => l.LeadingComments.Length > 0))
            {
                if (FullName(file, location.Path) is { } name)
                {
                    var words = location.LeadingComments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                    result._byName[name] = string.Join(' ', words);
                }
            }
        }

        return result;
    }

    /// <summary>The comment above the element, on one line; <c>null</c> when there is none.</summary>
    public string? Of(string fullName) => _byName.GetValueOrDefault(fullName);

    // A location's path alternates field number and index through descriptor.proto, from the file down.
    private static string? FullName(FileDescriptorProto file, RepeatedField<int> path)
    {
        IMessage at = file;
        var name = file.Package;
        for (var i = 0; i + 1 < path.Count; i += 2)
        {
            var field = at.Descriptor.FindFieldByNumber(path[i]);
            if (field is not { IsRepeated: true, FieldType: FieldType.Message })
            {
                return null;
            }

            at = (IMessage)((IList)field.Accessor.GetValue(at))[path[i + 1]]!;
            if (at.Descriptor.FindFieldByName("name")?.Accessor.GetValue(at) is not string own)
            {
                return null;
            }

            name = $"{name}.{own}";
        }

        return path.Count % 2 == 0 && path.Count > 0 ? name : null;
    }
}
