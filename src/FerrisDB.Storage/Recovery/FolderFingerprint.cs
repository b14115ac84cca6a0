using System.Text;

namespace FerrisDB.Storage;

/// <summary>A checksum by which a folder that was changed since it was looked at is recognized.</summary>
/// <remarks>
/// Of the names and sizes of all files; and of the content of manifests, since every open for writing begins a new one,
/// and of what was damaged, since somebody may have put a good copy in its place.
/// </remarks>
internal static class FolderFingerprint
{
    private const int ChunkBytes = 256 << 10;

    public static uint Of(IFileSystem files, string folder, IEnumerable<string> damaged)
    {
        var readWhole = damaged.ToHashSet(StringComparer.Ordinal);
        var checksum = 0u;
        foreach (var name in files.List(folder))
        {
            if (!FileNames.TryParse(name, out var kind, out _) || kind == FileKind.Lock)
                continue;
            using var file = files.Open(Path.Combine(folder, name), FileAccess.Read);
            checksum = Crc32C.Extend(checksum, Encoding.UTF8.GetBytes($"{name} {file.Length}\n"));
            if (kind is FileKind.Manifest or FileKind.Current || readWhole.Contains(name))
                checksum = Extend(checksum, file);
        }
        return checksum;
    }

    private static uint Extend(uint checksum, IFile file)
    {
        var buffer = new byte[Math.Clamp(file.Length, 1, ChunkBytes)];
        for (var offset = 0L; offset < file.Length; offset += buffer.Length)
        {
            try
            {
                checksum = Crc32C.Extend(checksum, buffer.AsSpan(0, file.Read(offset, buffer)));
            }
            catch (FerrisException error) when (error.Code == ErrorCode.IoError)
            {
                // A sector that cannot be read is the damage itself, and cannot be compared.
                continue;
            }
        }
        return checksum;
    }
}
