using System.Security.Cryptography;

namespace FerrisDB.Transactions;

/// <summary>The bytes of a file on a server. Some are always under way while those before them are used.</summary>
/// <remarks>The last of them come only if all have the hash that the server has told.</remarks>
internal sealed class RemoteFileStream(
    BackupQuestions ask, int index, string name, long sizeBytes, string hash, Action<long> progress) : ForwardStream
{
    private const int UnderWayMax = 16;

    private readonly Queue<Task<byte[]>> _underWay = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _chunk = [];
    private int _used;
    private long _asked;
    private long _received;

    public override long Length => sizeBytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_used == _chunk.Length && _received < sizeBytes)
            await ReceiveAsync();
        var count = Math.Min(buffer.Length, _chunk.Length - _used);
        _chunk.AsSpan(_used, count).CopyTo(buffer.Span);
        _used += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _hash.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask ReceiveAsync()
    {
        while (_underWay.Count < UnderWayMax && _asked < sizeBytes)
        {
            _underWay.Enqueue(ask(MessageType.BackupRead, BackupMessage.FileQuestion(index, _asked)).AsTask());
            _asked += Math.Min(ProtocolFormat.BackupChunkBytes, sizeBytes - _asked);
        }
        _chunk = await _underWay.Dequeue();
        _used = 0;
        var expected = Math.Min(ProtocolFormat.BackupChunkBytes, sizeBytes - _received);
        if (_chunk.Length != expected)
            throw new ProtocolException($"{_chunk.Length} bytes of {name} came in the place of {expected}.");
        _received += _chunk.Length;
        progress(_chunk.Length);
        _hash.AppendData(_chunk);
        if (_received == sizeBytes && Convert.ToHexStringLower(_hash.GetHashAndReset()) != hash)
            throw new FerrisException(
                ErrorCode.FileCorrupt, $"{name} came from the server with other bytes than those that it has hashed.");
    }
}
