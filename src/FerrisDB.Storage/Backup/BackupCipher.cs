using System.Security.Cryptography;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>What is made of a <see cref="BackupKey"/>: a key for each file, names that say nothing, a check.</summary>
/// <remarks>Immutable. The key itself encrypts nothing.</remarks>
internal sealed class BackupCipher
{
    private readonly BackupKey _key;
    private readonly byte[] _nameKey;

    public BackupCipher(BackupKey key)
    {
        _key = key;
        _nameKey = Derive([], "ferrisdb backup names");
        Check = Convert.ToHexStringLower(Derive([], "ferrisdb backup check"));
    }

    /// <summary>Tells whether a key is the right one, and nothing else of it.</summary>
    public string Check { get; }

    /// <summary>What an object is called whose bytes have a hash.</summary>
    public string NameOf(string hash) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_nameKey, Encoding.ASCII.GetBytes(hash)));

    /// <summary>The cipher of the one file that has this salt.</summary>
    public AesGcm ForFile(ReadOnlySpan<byte> salt) =>
        new(Derive(salt, "ferrisdb backup file"), SealedFormat.TagSize);

    private byte[] Derive(ReadOnlySpan<byte> salt, string purpose)
    {
        var derived = new byte[BackupKey.SizeBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key.Bytes, derived, salt, Encoding.ASCII.GetBytes(purpose));
        return derived;
    }
}
