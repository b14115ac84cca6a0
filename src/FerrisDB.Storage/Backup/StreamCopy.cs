using System.Security.Cryptography;

namespace FerrisDB.Storage;

/// <summary>Moves bytes from streams, a mebibyte at a time, and hashes them on the way.</summary>
internal static class StreamCopy
{
    private const int ChunkBytes = 1 << 20;

    [ThreadStatic]
    private static byte[]? _kept;

    /// <summary>Writes a stream to a file, from its first byte on. Returns how many bytes there were.</summary>
    /// <param name="content">What to copy, to its end.</param>
    /// <param name="file">Where to.</param>
    /// <param name="hash">Fed with all of it, if there is one.</param>
    /// <param name="cancellationToken">Ends it between two chunks.</param>
    /// <param name="progress">Told how many bytes more are done.</param>
    public static async ValueTask<long> ToFileAsync(
        Stream content,
        IFile file,
        IncrementalHash? hash,
        CancellationToken cancellationToken,
        Action<long>? progress = null)
    {
        var buffer = Take();
        var offset = 0L;
        for (int read; (read = await ReadChunkAsync(content, buffer, cancellationToken)) > 0; offset += read)
        {
            hash?.AppendData(buffer, 0, read);
            await file.WriteAsync(offset, buffer.AsMemory(0, read));
            progress?.Invoke(read);
        }
        _kept = buffer;
        return offset;
    }

    /// <summary>The SHA-256 of a stream, as lower-case hexadecimal digits, and its length.</summary>
    public static async ValueTask<(string Hash, long SizeBytes)> HashAsync(
        Stream content, CancellationToken cancellationToken, Action<long>? progress = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = Take();
        var size = 0L;
        for (int read; (read = await ReadChunkAsync(content, buffer, cancellationToken)) > 0; size += read)
        {
            hash.AppendData(buffer, 0, read);
            progress?.Invoke(read);
        }
        _kept = buffer;
        return (TextOf(hash), size);
    }

    public static string TextOf(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset());

    /// <summary>Fills the buffer, or takes what is left. Returns how much that was.</summary>
    public static async ValueTask<int> ReadChunkAsync(
        Stream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await content.ReadAsync(buffer[filled..], cancellationToken);
            if (read == 0)
                break;
            filled += read;
        }
        return filled;
    }

    private static byte[] Take()
    {
        var buffer = _kept ?? GC.AllocateUninitializedArray<byte>(ChunkBytes);
        _kept = null;
        return buffer;
    }
}
