namespace FerrisDB.Storage;

/// <summary>Copies the first bytes of a file to a new one, and makes them durable.</summary>
internal static class FileCopy
{
    private const int ChunkBytes = 1 << 20;

    /// <param name="files">The disk.</param>
    /// <param name="from">The file to read.</param>
    /// <param name="to">The file to create.</param>
    /// <param name="sizeBytes">How much of it; the file may be longer.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/>: it is shorter.</exception>
    public static async ValueTask CopyAsync(IFileSystem files, string from, string to, long sizeBytes)
    {
        using var source = files.Open(from, FileAccess.Read);
        using var target = files.Create(to);
        using var buffer = NativeBuffer.Allocate((int)Math.Clamp(sizeBytes, 1, ChunkBytes));
        for (var offset = 0L; offset < sizeBytes;)
        {
            var count = (int)Math.Min(ChunkBytes, sizeBytes - offset);
            var read = source.Read(offset, buffer.Span[..count]);
            if (read < count)
                throw FerrisException.Corrupt(from, offset + read, $"{sizeBytes} bytes", "the end of the file");
            await target.WriteAsync(offset, buffer.Memory[..count]);
            offset += count;
        }
        await target.SyncAsync();
    }
}
