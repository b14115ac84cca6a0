using FerrisDB.Storage;

namespace FerrisDB.Tests.Recovery;

/// <summary>Changes bytes of files that nobody has open.</summary>
internal static class DamagedFile
{
    public static byte[] Read(IFileSystem disk, string path)
    {
        using var file = disk.Open(path, FileAccess.Read);
        var content = new byte[file.Length];
        Assert.Equal(content.Length, file.Read(0, content));
        return content;
    }

    public static void Replace(IFileSystem disk, string path, ReadOnlySpan<byte> content)
    {
        using var file = disk.Create(path);
        file.Write(0, content);
    }

    public static void Flip(IFileSystem disk, string path, long offset)
    {
        using var file = disk.Open(path, FileAccess.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        Assert.Equal(1, file.Read(offset, one));
        one[0] ^= (byte)(1 << (int)(offset % 8));
        file.Write(offset, one);
    }

    /// <summary>Another disk with the same files.</summary>
    public static MemoryFileSystem Copy(IFileSystem disk, string folder)
    {
        var copy = new MemoryFileSystem();
        copy.CreateDirectory(folder);
        foreach (var name in disk.List(folder))
            Replace(copy, Path.Combine(folder, name), Read(disk, Path.Combine(folder, name)));
        return copy;
    }
}
