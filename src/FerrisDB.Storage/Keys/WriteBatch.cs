namespace FerrisDB.Storage;

/// <summary>Puts and deletes that become visible, and survive, together or not at all.</summary>
/// <remarks>
/// Later operations win over earlier ones of the same batch. Keys and values are copied. Not thread-safe, and not to be
/// changed while a commit of it is under way. <see cref="Clear"/> keeps the memory: a batch that is used again
/// allocates nothing. Limits of keys and values are checked when the batch is committed.
/// </remarks>
public sealed class WriteBatch
{
    private const int FirstCapacity = 256;

    // The operations in the order of the calls, encoded as BatchFormat draws it. While _isSorted holds, these bytes are
    // canonical as they are, which is the case of one operation and of keys that come in order.
    private byte[] _buffer = new byte[FirstCapacity];
    private int _length = BatchFormat.HeaderSize;
    private bool _isSorted = true;
    private bool _hasRange;
    private int _lastKeyOffset;
    private int _lastKeyLength;

    private BatchCanonicalizer? _canonicalizer;
    private bool _isCanonicalized;

    /// <summary>Operations in the batch.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that the batch takes as it is, 4 for an empty one. At most 1 GiB.</summary>
    public int SizeBytes => _length;

    /// <summary>Bytes of the longest key, ends of ranges included: what a limit is checked against.</summary>
    internal int LongestKeyBytes { get; private set; }

    /// <summary>Bytes of the longest value.</summary>
    internal int LongestValueBytes { get; private set; }

    /// <summary>Gives the key a value.</summary>
    /// <exception cref="InvalidOperationException">The batch would exceed 1 GiB.</exception>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Append(BatchEntryKind.Put, key, value);
        LongestValueBytes = Math.Max(LongestValueBytes, value.Length);
    }

    /// <summary>Removes the key, if it is there.</summary>
    /// <exception cref="InvalidOperationException">The batch would exceed 1 GiB.</exception>
    public void Delete(ReadOnlySpan<byte> key) => Append(BatchEntryKind.Delete, key, default);

    /// <summary>
    /// Removes all keys from <paramref name="begin"/> (inclusive) to <paramref name="end"/> (exclusive), at the same
    /// cost for ten keys as for ten million.
    /// </summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvertedRange"/>: begin is behind end.</exception>
    /// <exception cref="InvalidOperationException">The batch would exceed 1 GiB.</exception>
    public void DeleteRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        var order = begin.SequenceCompareTo(end);
        if (order > 0)
            throw new FerrisException(ErrorCode.InvertedRange, "A range's begin must not lie behind its end.");
        if (order == 0)
            return;
        Append(BatchEntryKind.DeleteRange, begin, end);
        LongestKeyBytes = Math.Max(LongestKeyBytes, end.Length);
    }

    /// <summary>Empties the batch and keeps its memory.</summary>
    public void Clear()
    {
        _length = BatchFormat.HeaderSize;
        _isSorted = true;
        _hasRange = false;
        _isCanonicalized = false;
        Count = 0;
        LongestKeyBytes = 0;
        LongestValueBytes = 0;
    }

    /// <summary>The batch's commit; made with the first one and used again.</summary>
    internal CommitRequest? CommitRequest { get; set; }

    /// <summary>Goes through the operations in the order of the calls; valid until the batch is changed.</summary>
    internal BatchReader ReadOperations()
    {
        BatchFormat.WriteCount(_buffer, Count);
        return new BatchReader(_buffer.AsSpan(0, _length));
    }

    /// <summary>
    /// What the batch says of a key so far; false if it says nothing. Looks at all of it: for batches that are small.
    /// </summary>
    internal bool TryFind(ReadOnlySpan<byte> key, out bool isPresent, out ReadOnlySpan<byte> value)
    {
        var reader = ReadOperations();
        var isFound = false;
        isPresent = false;
        value = default;
        while (reader.TryNext(out var entry))
        {
            var isRange = entry.Kind == BatchEntryKind.DeleteRange;
            var isAbout = isRange
                ? entry.Key.SequenceCompareTo(key) <= 0 && key.SequenceCompareTo(entry.End) < 0
                : entry.Key.SequenceEqual(key);
            if (!isAbout)
                continue;
            isFound = true;
            isPresent = entry.Kind == BatchEntryKind.Put;
            value = isPresent ? entry.Value : default;
        }
        return isFound;
    }

    /// <summary>
    /// The batch in its one canonical form (see <see cref="BatchFormat"/>), valid until the batch is changed or
    /// cleared. Equal operations give equal bytes. Allocates nothing once the batch is warm.
    /// </summary>
    internal ReadOnlySpan<byte> Canonicalize() => CanonicalizeToMemory().Span;

    /// <summary>As <see cref="Canonicalize"/>, for callers that keep it across an await.</summary>
    internal ReadOnlyMemory<byte> CanonicalizeToMemory()
    {
        if (_isSorted)
        {
            BatchFormat.WriteCount(_buffer, Count);
            return _buffer.AsMemory(0, _length);
        }
        _canonicalizer ??= new BatchCanonicalizer();
        if (!_isCanonicalized)
            _canonicalizer.Build(_buffer, _length, Count);
        _isCanonicalized = true;
        return _canonicalizer.Result;
    }

    private void Append(BatchEntryKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> rest)
    {
        EnsureRoom((long)BatchFormat.EntryOverheadMax + key.Length + rest.Length);
        _hasRange |= kind == BatchEntryKind.DeleteRange;
        _isSorted = Count == 0 || (_isSorted && !_hasRange && LastKey.SequenceCompareTo(key) < 0);
        var free = _buffer.AsSpan(_length);
        free[0] = (byte)kind;
        var at = 1 + BatchFormat.WriteVarint(free[1..], key.Length);
        if (kind != BatchEntryKind.Delete)
            at += BatchFormat.WriteVarint(free[at..], rest.Length);
        key.CopyTo(free[at..]);
        rest.CopyTo(free[(at + key.Length)..]);
        _lastKeyOffset = _length + at;
        _lastKeyLength = key.Length;
        _length += at + key.Length + rest.Length;
        LongestKeyBytes = Math.Max(LongestKeyBytes, key.Length);
        _isCanonicalized = false;
        Count++;
    }

    private ReadOnlySpan<byte> LastKey => _buffer.AsSpan(_lastKeyOffset, _lastKeyLength);

    private void EnsureRoom(long bytes)
    {
        var needed = _length + bytes;
        if (needed <= _buffer.Length)
            return;
        if (needed > BatchFormat.SizeBytesMax)
            throw new InvalidOperationException($"A write batch holds at most {BatchFormat.SizeBytesMax} bytes.");
        var capacity = Math.Min(Math.Max(needed, 2L * _buffer.Length), BatchFormat.SizeBytesMax);
        Array.Resize(ref _buffer, (int)capacity);
    }
}
