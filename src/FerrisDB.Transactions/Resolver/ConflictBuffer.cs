using System.Numerics;

namespace FerrisDB.Transactions;

/// <summary>Bytes for a moment: each use overwrites the one before.</summary>
internal sealed class ConflictBuffer
{
    private byte[] _bytes = new byte[1024];

    public Span<byte> Span(int length)
    {
        if (length > _bytes.Length)
            _bytes = new byte[BitOperations.RoundUpToPowerOf2((uint)length)];
        return _bytes.AsSpan(0, length);
    }
}
