namespace FerrisDB.Storage;

/// <summary>The objects of a target as whoever has the key sees them: in plain.</summary>
internal sealed class BackupObjects(IBackupStore store, BackupCipher? cipher)
{
    private const int TextBytesMax = 1 << 30;

    public IBackupStore Store => store;

    public BackupCipher? Cipher => cipher;

    /// <summary>What the object is called that has bytes of this hash.</summary>
    public string NameOf(string hash) => cipher?.NameOf(hash) ?? hash;

    /// <summary>How many bytes an object takes.</summary>
    public long StoredSizeOf(long sizeBytes) => cipher is null ? sizeBytes : SealedFormat.SizeOf(sizeBytes);

    /// <summary>Where an object lies, for messages.</summary>
    public string PathOf(string name) => $"{store.Location.TrimEnd('/')}/{name}";

    public async ValueTask PutAsync(
        string name, Stream content, long sizeBytes, CancellationToken cancellationToken)
    {
        var written = cipher is null ? content : new SealingStream(content, cipher);
        await using (written)
            await store.WriteAsync(name, written, StoredSizeOf(sizeBytes), cancellationToken);
    }

    /// <summary>Opens an object that must be there.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/>: it is not.</exception>
    public async ValueTask<Stream> OpenAsync(string name, CancellationToken cancellationToken)
    {
        var content = await store.OpenReadAsync(name, cancellationToken)
            ?? throw FerrisException.CorruptBackup(PathOf(name), 0, "an object that a backup needs", "no such file");
        return cipher is null ? content : new UnsealingStream(content, cipher, PathOf(name));
    }

    /// <summary>Reads an object whole; for texts.</summary>
    public async ValueTask<byte[]> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var content = await OpenAsync(name, cancellationToken);
        return await ReadAllAsync(content, PathOf(name), cancellationToken);
    }

    public static async ValueTask<byte[]> ReadAllAsync(
        Stream content, string path, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var length = 0;
        while (true)
        {
            length += await StreamCopy.ReadChunkAsync(content, buffer.AsMemory(length), cancellationToken);
            if (length < buffer.Length)
                return buffer[..length];
            if (length >= TextBytesMax)
                throw FerrisException.CorruptBackup(path, 0, $"at most {TextBytesMax} bytes", "more");
            Array.Resize(ref buffer, 2 * length);
        }
    }
}
