using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using RestrictedTee.SmcTransport.Interop;

namespace RestrictedTee.SmcTransport.TaImages;

/// <summary>What an assembly's metadata say of trusted applications. Nothing is loaded, and garbage makes whatever the reader makes of it.</summary>
internal static class TaMetadata
{
    private const string Namespace = "RestrictedTee.Sdk";

    /// <summary>The trusted applications of an assembly.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Gets a sentence for each class whose UUID is none.</param>
    internal static List<TaEntry> Read(string path, List<string> problems)
    {
        var entries = new List<TaEntry>();
        using PEReader pe = Open(RegularFile.ReadAllBytes(path, TaImage.MaxFileSize));
        if (!pe.HasMetadata)
            return entries; // a native library beside a TA
        MetadataReader metadata = pe.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            TypeDefinition type = metadata.GetTypeDefinition(handle);
            string name = metadata.GetString(type.Namespace) is { Length: > 0 } ns ? $"{ns}.{metadata.GetString(type.Name)}" : metadata.GetString(type.Name);
            foreach (string text in Marks(metadata, type, "TrustedAppAttribute"))
            {
                if (Guid.TryParse(text, out Guid uuid))
                    entries.Add(new TaEntry(uuid, name, path) { Libraries = Marks(metadata, type, "TaLibraryAttribute") });
                else
                    problems.Add($"{path}: class {name} has '{text}' for a UUID.");
            }
        }

        return entries;
    }

    /// <summary>The names of the assemblies that an assembly refers to.</summary>
    internal static List<string> References(byte[] assembly)
    {
        try
        {
            using PEReader pe = Open(assembly);
            if (!pe.HasMetadata)
                return [];
            MetadataReader metadata = pe.GetMetadataReader();
            return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        }
        catch (BadImageFormatException)
        {
            return [];
        }
    }

    /// <summary>The first argument, a string, of each attribute of the SDK that has this name.</summary>
    private static List<string> Marks(MetadataReader metadata, TypeDefinition type, string attribute)
    {
        var texts = new List<string>();
        foreach (CustomAttributeHandle handle in type.GetCustomAttributes())
        {
            CustomAttribute mark = metadata.GetCustomAttribute(handle);
            if (!IsOfSdk(metadata, mark, attribute))
                continue;
            BlobReader blob = metadata.GetBlobReader(mark.Value);
            blob.ReadUInt16(); // prolog (ECMA-335 II.23.3)
            texts.Add(blob.ReadSerializedString() ?? "");
        }

        return texts;
    }

    private static bool IsOfSdk(MetadataReader metadata, CustomAttribute attribute, string name)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
            return false;
        EntityHandle parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
            return false;
        TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, name) && metadata.StringComparer.Equals(type.Namespace, Namespace);
    }

    private static PEReader Open(byte[] assembly) => new(new MemoryStream(assembly, writable: false));
}
