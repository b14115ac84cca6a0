using System.Security.Cryptography;

namespace FerrisDB.Storage;

/// <summary>Reads as the sealed form of another stream: see <see cref="SealedFormat"/>. Owns the other one.</summary>
internal sealed class SealingStream : ForwardStream
{
    private readonly Stream _plain;
    private readonly AesGcm _cipher;
    private readonly byte[] _header;
    private readonly byte[] _chunk = new byte[SealedFormat.ChunkBytes];
    private readonly byte[] _sealed = new byte[SealedFormat.ChunkBytes + SealedFormat.TagSize];
    private ReadOnlyMemory<byte> _ready;
    private long _chunks;
    private bool _isLastSealed;

    public SealingStream(Stream plain, BackupCipher cipher)
    {
        _plain = plain;
        _header = SealedFormat.NewHeader(RandomNumberGenerator.GetBytes(SealedFormat.SaltSize));
        _cipher = cipher.ForFile(_header.AsSpan(SealedFormat.SaltOffset, SealedFormat.SaltSize));
        _ready = _header;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ready.IsEmpty && !_isLastSealed)
            await SealNextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
            _plain.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask SealNextAsync(CancellationToken cancellationToken)
    {
        var count = await StreamCopy.ReadChunkAsync(_plain, _chunk, cancellationToken);
        _isLastSealed = count < _chunk.Length;
        Seal(count);
    }

    private void Seal(int count)
    {
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceSize];
        SealedFormat.WriteNonce(nonce, _chunks++, _isLastSealed);
        _cipher.Encrypt(
            nonce, _chunk.AsSpan(0, count), _sealed.AsSpan(0, count), _sealed.AsSpan(count, SealedFormat.TagSize),
            _header);
        _ready = _sealed.AsMemory(0, count + SealedFormat.TagSize);
    }
}
