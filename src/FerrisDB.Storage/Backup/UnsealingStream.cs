using System.Security.Cryptography;

namespace FerrisDB.Storage;

/// <summary>
/// Reads what was sealed: see <see cref="SealedFormat"/>. Nothing is shown before it has checked out. Owns the other
/// stream.
/// </summary>
internal sealed class UnsealingStream(Stream content, BackupCipher cipher, string file) : ForwardStream
{
    private AesGcm? _cipher;
    private byte[] _header = [];
    private byte[] _sealed = [];
    private byte[] _chunk = [];
    private ReadOnlyMemory<byte> _ready;
    private long _offset;
    private long _chunks;
    private bool _isLastOpened;

    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/></exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.IsEmpty && !_isLastOpened)
            await OpenNextAsync(cancellationToken);
        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher?.Dispose();
            content.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask OpenNextAsync(CancellationToken cancellationToken)
    {
        if (_cipher is null)
            await ReadHeaderAsync(cancellationToken);
        var count = await StreamCopy.ReadChunkAsync(content, _sealed, cancellationToken);
        if (count < SealedFormat.TagSize)
            throw FerrisException.CorruptBackup(file, _offset, "a chunk that ends the file", "the end of the file");
        _isLastOpened = count < _sealed.Length;
        Open(count - SealedFormat.TagSize);
        _offset += count;
    }

    private async ValueTask ReadHeaderAsync(CancellationToken cancellationToken)
    {
        var header = new byte[SealedFormat.HeaderSize];
        var count = await StreamCopy.ReadChunkAsync(content, header, cancellationToken);
        var chunkBytes = SealedFormat.CheckHeader(file, header.AsSpan(0, count));
        _header = header;
        _cipher = cipher.ForFile(header.AsSpan(SealedFormat.SaltOffset, SealedFormat.SaltSize));
        _sealed = new byte[chunkBytes + SealedFormat.TagSize];
        _chunk = new byte[chunkBytes];
        _offset = count;
    }

    private void Open(int count)
    {
        Span<byte> nonce = stackalloc byte[SealedFormat.NonceSize];
        SealedFormat.WriteNonce(nonce, _chunks++, _isLastOpened);
        try
        {
            _cipher!.Decrypt(
                nonce, _sealed.AsSpan(0, count), _sealed.AsSpan(count, SealedFormat.TagSize), _chunk.AsSpan(0, count),
                _header);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw FerrisException.CorruptBackup(
                file, _offset, "a chunk that was written with this key", "one that does not check out");
        }
        _ready = _chunk.AsMemory(0, count);
    }
}
