using System.Text;
using FerrisDB.Storage;
using static FerrisDB.Tests.Backup.BackupScene;

namespace FerrisDB.Tests.Backup;

/// <summary>The formats as they are written: a change here is a new version of a format.</summary>
public sealed class BackupFormatTests
{
    private static readonly string Hash = new('7', 64);

    [Fact]
    public void A_backup_is_written_like_this()
    {
        var backup = new BackupManifest
        {
            Id = "000012",
            TakenAt = DateTimeOffset.FromUnixTimeMilliseconds(1767225600000),
            FirstVersion = 5000,
            LastVersion = 7500,
            Clock = new BackupClock(7600, 100, 1_000_000),
            CreatedBy = "FerrisDB 0.1.0",
            Files =
            [
                new BackupFile("000007.wal", 65536, Hash, null),
                new BackupFile("000012.sst", 1048576, Hash, new FileStamp(8, 42, -3)),
                new BackupFile("MANIFEST-000001", 183, Hash, null),
            ],
        };
        const string Expected = """
            ferrisdb backup 1
            id 000012
            taken 1767225600000
            versions 5000 7500
            clock 7600 100 1000000
            by FerrisDB 0.1.0
            file 000007.wal 65536 HASH -
            file 000012.sst 1048576 HASH 8:42:-3
            file MANIFEST-000001 183 HASH -

            """;
        var content = backup.Format();
        var text = Encoding.ASCII.GetString(content);
        Assert.StartsWith(Expected.ReplaceLineEndings("\n").Replace("HASH", Hash, StringComparison.Ordinal), text);
        Assert.Equal("sha256 ".Length + 65, text.Length - text.IndexOf("sha256", StringComparison.Ordinal));

        var read = BackupManifest.Parse("a file", "000012", content);
        Assert.Equal(backup with { Files = read.Files }, read);
        Assert.Equal(backup.Files, read.Files);
        Assert.Throws<FerrisException>(() => BackupManifest.Parse("a file", "000013", content));
    }

    [Fact]
    public void A_header_is_written_like_this()
    {
        var text = Encoding.ASCII.GetString(new BackupHeader((string?)null).Format());
        Assert.StartsWith("ferrisdb backups 1\nencryption none\nsha256 ", text, StringComparison.Ordinal);
        text = Encoding.ASCII.GetString(new BackupHeader("abc").Format());
        Assert.StartsWith(
            "ferrisdb backups 1\nencryption aes-256-gcm\ncheck abc\nsha256 ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_from_the_future_are_refused_with_both_numbers()
    {
        var header = CheckedText.Format(["ferrisdb backups 2", "encryption rot13"]);
        var error = Assert.Throws<FerrisException>(() => BackupHeader.Parse("a file", header));
        Assert.Equal(ErrorCode.FormatTooNew, error.Code);
        Assert.Contains("format 2; this program knows 1", error.Message, StringComparison.Ordinal);

        var backup = CheckedText.Format(["ferrisdb backup 7", "id 000001"]);
        error = Assert.Throws<FerrisException>(() => BackupManifest.Parse("a file", "000001", backup));
        Assert.Equal(ErrorCode.FormatTooNew, error.Code);
    }

    // The key is 00 01 02 ... and the salt 00 02 04 ...: what HKDF and AES-256-GCM make of them is known for good.
    [Fact]
    public void What_is_derived_of_a_key_does_not_change()
    {
        var cipher = new BackupCipher(new BackupKey([.. Enumerable.Range(0, 32).Select(index => (byte)index)]));
        var salt = Enumerable.Range(0, 32).Select(index => (byte)(2 * index)).ToArray();
        var header = SealedFormat.NewHeader(salt);
        Assert.Equal("46455252495342" + "4B" + "01000000" + "00000400", Convert.ToHexString(header, 0, 16));
        Assert.Equal(SealedFormat.ChunkBytes, SealedFormat.CheckHeader("a file", header));

        Assert.NotEqual(cipher.Check, cipher.NameOf(Hash));
        Assert.Equal(64, cipher.NameOf(Hash).Length);
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceSize];
        SealedFormat.WriteNonce(nonce, 258, isLast: true);
        Assert.Equal("020100000000000001000000", Convert.ToHexString(nonce));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(SealedFormat.ChunkBytes - 1)]
    [InlineData(SealedFormat.ChunkBytes)]
    [InlineData(SealedFormat.ChunkBytes + 1)]
    [InlineData(3 * SealedFormat.ChunkBytes)]
    public void What_is_sealed_is_unsealed_whole_or_not_at_all(int sizeBytes)
    {
        var cipher = new BackupCipher(KeyOf(1));
        var plain = new byte[sizeBytes];
        new Random(sizeBytes).NextBytes(plain);
        var content = ReadAll(new SealingStream(new MemoryStream(plain), cipher));
        Assert.Equal(SealedFormat.SizeOf(sizeBytes), content.Length);
        Assert.Equal(plain, Unseal(content, cipher));

        var chunk = SealedFormat.ChunkBytes + SealedFormat.TagSize;
        int[] cuts = [0, SealedFormat.HeaderSize, content.Length - 1, content.Length - chunk, content.Length - 16];
        foreach (var cut in cuts.Where(cut => cut >= 0 && cut < content.Length))
            Assert.Throws<FerrisException>(() => Unseal(content[..cut], cipher));
        Assert.Throws<FerrisException>(() => Unseal([.. content, 0], cipher));
        Assert.Throws<FerrisException>(() => Unseal(content, new BackupCipher(KeyOf(2))));
        if (sizeBytes < 2 * SealedFormat.ChunkBytes)
            return;
        // Two chunks that have changed places.
        var first = content.AsSpan(SealedFormat.HeaderSize, chunk).ToArray();
        content.AsSpan(SealedFormat.HeaderSize + chunk, chunk).CopyTo(content.AsSpan(SealedFormat.HeaderSize));
        first.CopyTo(content.AsSpan(SealedFormat.HeaderSize + chunk));
        Assert.Throws<FerrisException>(() => Unseal(content, cipher));
    }

    private static byte[] Unseal(byte[] content, BackupCipher cipher) =>
        ReadAll(new UnsealingStream(new MemoryStream(content), cipher, "a file"));

    private static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using var all = new MemoryStream();
            stream.CopyTo(all);
            return all.ToArray();
        }
    }
}
