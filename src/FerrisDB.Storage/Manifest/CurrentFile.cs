using System.Text;

namespace FerrisDB.Storage;

// CURRENT is one line of text that names the manifest that counts:
//
//     MANIFEST-000003 crc32c=9fe8597d
//
// with the CRC-32C of the name. It is replaced by renaming a finished file over it, so it is never half written.

/// <summary>The file that says which manifest counts.</summary>
internal static class CurrentFile
{
    private const int SizeMax = 64;

    /// <summary>The number of the manifest that counts, or null if there is no CURRENT.</summary>
    public static long? Read(IFileSystem fileSystem, string directory)
    {
        var path = Path.Combine(directory, FileNames.Current);
        if (!fileSystem.FileExists(path))
            return null;
        using var file = fileSystem.Open(path, FileAccess.Read);
        var content = new byte[SizeMax];
        var length = file.Read(0, content);
        return Parse(path, content.AsSpan(0, length));
    }

    public static byte[] Format(long number)
    {
        var name = FileNames.Manifest(number);
        return Encoding.ASCII.GetBytes($"{name} crc32c={Crc32C.Of(Encoding.ASCII.GetBytes(name)):x8}\n");
    }

    /// <summary>Makes manifest <paramref name="number"/> the one that counts, across power loss.</summary>
    public static async ValueTask ReplaceAsync(IFileSystem fileSystem, string directory, long number)
    {
        var temporary = Path.Combine(directory, FileNames.CurrentTemporary);
        using (var file = fileSystem.Create(temporary))
        {
            await file.WriteAsync(0, Format(number));
            await file.SyncAsync();
        }
        fileSystem.Rename(temporary, Path.Combine(directory, FileNames.Current));
        await fileSystem.SyncDirectoryAsync(directory);
    }

    // Whatever was read must be what would be written for the number that it names.
    private static long Parse(string path, ReadOnlySpan<byte> content)
    {
        var text = Encoding.ASCII.GetString(content);
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var isManifest = FileNames.TryParse(text.AsSpan(0, Math.Max(space, 0)), out var kind, out var number)
            && kind == FileKind.Manifest;
        if (!isManifest)
            throw FerrisException.Corrupt(path, 0, "the name of a manifest and its checksum", $"'{text}'");
        var expected = Format(number);
        var same = content.CommonPrefixLength(expected);
        if (same != expected.Length || same != content.Length)
            throw FerrisException.Corrupt(
                path, same, $"'{Encoding.ASCII.GetString(expected).TrimEnd()}'", $"'{text.TrimEnd()}'");
        return number;
    }
}
