using System.Security.Cryptography;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>What backups are encrypted with. Whoever loses it has lost them.</summary>
/// <remarks>Immutable. A key file has 64 hexadecimal digits and a line feed.</remarks>
public sealed class BackupKey
{
    /// <summary>Bytes of a key.</summary>
    public const int SizeBytes = 32;

    private readonly byte[] _bytes;

    /// <summary>A key of 32 bytes, which nobody can guess.</summary>
    /// <exception cref="ArgumentException">It has another size.</exception>
    public BackupKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
            throw new ArgumentException($"A key has {SizeBytes} bytes, and not {bytes.Length}.", nameof(bytes));
        _bytes = bytes.ToArray();
    }

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A new key from the system's source of chance.</summary>
    public static BackupKey Create() => new(RandomNumberGenerator.GetBytes(SizeBytes));

    /// <summary>Reads the key file.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidEncryptionKeyFile"/>: it is none. <see cref="ErrorCode.FileNotFound"/>.
    /// </exception>
    public static BackupKey Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new DiskFileSystem().Open(path, FileAccess.Read);
        var content = new byte[(2 * SizeBytes) + 3];
        var text = Encoding.ASCII.GetString(content, 0, file.Read(0, content)).TrimEnd('\n', '\r');
        if (text.Length != 2 * SizeBytes || !text.All(char.IsAsciiHexDigit))
        {
            throw new FerrisException(
                ErrorCode.InvalidEncryptionKeyFile,
                $"{path} is no key file: one has {2 * SizeBytes} hexadecimal digits. `ferrisdb backup key` makes one.");
        }
        return new BackupKey(Convert.FromHexString(text));
    }

    /// <summary>Writes a key file, which must not exist yet. Keep it where the backups are not.</summary>
    /// <exception cref="ArgumentException">The file exists.</exception>
    public async ValueTask SaveAsync(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var files = new DiskFileSystem();
        if (files.FileExists(path))
            throw new ArgumentException($"{path} exists already, and a key is never overwritten.", nameof(path));
        using var file = files.Create(path);
        await file.WriteAsync(0, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(_bytes) + "\n"));
        await file.SyncAsync();
    }
}
