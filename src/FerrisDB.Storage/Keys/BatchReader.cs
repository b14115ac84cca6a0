using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Walks the entries of an encoded write batch (<see cref="BatchFormat"/>) without copying.</summary>
/// <remarks>
/// Trusts nothing: every length is checked, and nonsense throws <see cref="ErrorCode.FileCorrupt"/> naming
/// <c>source</c> and the offset behind <c>sourceOffset</c>, the place of the batch in it.
/// </remarks>
internal ref struct BatchReader
{
    private readonly ReadOnlySpan<byte> _batch;
    private readonly string _source;
    private readonly long _sourceOffset;
    private int _position;
    private uint _remaining;

    public BatchReader(ReadOnlySpan<byte> batch, string source = "write batch", long sourceOffset = 0)
    {
        _batch = batch;
        _source = source;
        _sourceOffset = sourceOffset;
        if (batch.Length < BatchFormat.HeaderSize)
            ThrowCorrupt("the header of a write batch", "too few bytes");
        _remaining = BatchFormat.ReadCount(batch);
        _position = BatchFormat.HeaderSize;
    }

    /// <summary>Entries that have not been read yet, as the header has it.</summary>
    public readonly uint Remaining => _remaining;

    /// <summary>Offset of the next entry in the batch.</summary>
    public readonly int Position => _position;

    // Inlined, so that whoever compiles a loop over it for good at once has all of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext(out BatchEntry entry)
    {
        if (_remaining == 0)
        {
            if (_position != _batch.Length)
                ThrowCorrupt("the end of the write batch", "more bytes");
            entry = default;
            return false;
        }
        if (_position >= _batch.Length)
            ThrowCorrupt("an entry of a write batch", "the end of the batch");
        var kind = (BatchEntryKind)_batch[_position];
        if (kind is < BatchEntryKind.Put or > BatchEntryKind.DeleteRange)
            ThrowKind(kind);
        var at = _position + 1;
        var keyLength = ReadLength(ref at);
        var restLength = kind == BatchEntryKind.Delete ? 0 : ReadLength(ref at);
        if ((long)keyLength + restLength > _batch.Length - at)
            ThrowLength(_batch.Length - at, (long)keyLength + restLength);
        entry = new BatchEntry(kind, _batch.Slice(at, keyLength), _batch.Slice(at + keyLength, restLength));
        _position = at + keyLength + restLength;
        _remaining--;
        return true;
    }

    /// <summary>
    /// Throws unless the whole batch decodes and is canonical: for what comes from outside, and for tests.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Verify(ReadOnlySpan<byte> batch, string source = "write batch", long sourceOffset = 0)
    {
        var reader = new BatchReader(batch, source, sourceOffset);
        var last = default(BatchEntry);
        var isFirst = true;
        for (var position = reader.Position; reader.TryNext(out var entry); position = reader.Position)
        {
            if (!isFirst && !IsInOrder(last, entry))
                throw FerrisException.Corrupt(source, sourceOffset + position, "an entry behind the last", "disorder");
            if (entry.Kind == BatchEntryKind.DeleteRange && entry.Key.SequenceCompareTo(entry.End) >= 0)
                throw FerrisException.Corrupt(
                    source, sourceOffset + position, "a range", "its end at or before its begin");
            last = entry;
            isFirst = false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInOrder(BatchEntry left, BatchEntry right)
    {
        if (left.Kind == BatchEntryKind.DeleteRange)
            return right.Kind == BatchEntryKind.DeleteRange && left.End.SequenceCompareTo(right.Key) < 0;
        return right.Kind == BatchEntryKind.DeleteRange || left.Key.SequenceCompareTo(right.Key) < 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int ReadLength(ref int at)
    {
        if (!BatchFormat.TryReadVarint(_batch[at..], out var length, out var size))
            ThrowCorrupt("a length", "no varint");
        at += size;
        return length;
    }

    [DoesNotReturn]
    private readonly void ThrowKind(BatchEntryKind kind) =>
        ThrowCorrupt("the kind of an entry (1 to 3)", $"{(byte)kind}");

    [DoesNotReturn]
    private readonly void ThrowLength(int left, long found) =>
        ThrowCorrupt($"at most {left} bytes of key and value", $"{found}");

    [DoesNotReturn]
    private readonly void ThrowCorrupt(string expected, string found) =>
        throw FerrisException.Corrupt(_source, _sourceOffset + _position, expected, found);
}
