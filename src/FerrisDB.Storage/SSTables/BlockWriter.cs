using System.Buffers.Binary;

namespace FerrisDB.Storage;

/// <summary>
/// Fills the payload of one block with sorted entries, then of the next (<see cref="SSTableFormat"/>).
/// </summary>
internal sealed unsafe class BlockWriter(bool hasFingerprints) : IDisposable
{
    private readonly OutputBuffer _payload = new(64 << 10);
    private readonly OutputBuffer _fingerprints = new(1 << 10);
    private readonly OutputBuffer _restartKey = new(1 << 10);
    private readonly OutputBuffer _lastKey = new(1 << 10);
    private long _baseVersion;

    public int EntryCount { get; private set; }

    /// <summary>Bytes of the payload so far.</summary>
    public int SizeBytes => _payload.Length + _fingerprints.Length;

    public ReadOnlySpan<byte> LastKey => _lastKey.Span;

    public EntryTag LastTag { get; private set; }

    /// <summary>Bytes that an entry adds at most.</summary>
    public static long LargestSizeOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        (long)SSTableFormat.MaxEntryHeaderSize + key.Length + value.Length + sizeof(byte);

    /// <summary>True if one more entry may begin here, wherever it ends.</summary>
    public bool HasRoomForEntry =>
        _payload.Length - SSTableFormat.BaseVersionSize <= SSTableFormat.MaxEntryOffset - SSTableFormat.BaseVersionSize;

    /// <summary>Adds an entry behind the last one.</summary>
    public void Add(ReadOnlySpan<byte> key, EntryTag tag, ReadOnlySpan<byte> value, byte fingerprint = 0)
    {
        if (EntryCount == 0)
            Begin(tag.Version);
        Invariant.That(HasRoomForEntry);
        var isRestart = EntryCount % SSTableFormat.RestartInterval == 0;
        var shared = isRestart ? 0 : key.CommonPrefixLength(_restartKey.Span);
        var suffix = key[shared..];

        var largest = LargestSizeOf(key, value);
        Invariant.That(SizeBytes + largest <= SSTableFormat.MaxPayloadBytes);
        var start = _payload.Reserve((int)largest);
        var at = Varint.Write(start, (uint)shared);
        at = Varint.Write(at, (uint)suffix.Length);
        at = Varint.Write(at, (uint)value.Length);
        at = Varint.Write(at, EncodeTag(tag));
        suffix.CopyTo(new Span<byte>(at, suffix.Length));
        at += suffix.Length;
        value.CopyTo(new Span<byte>(at, value.Length));
        at += value.Length;
        _payload.Advance((int)(at - start));

        if (hasFingerprints)
        {
            *_fingerprints.Reserve(1) = fingerprint;
            _fingerprints.Advance(1);
        }
        if (isRestart)
            Replace(_restartKey, key);
        Replace(_lastKey, key);
        LastTag = tag;
        EntryCount++;
    }

    /// <summary>Ends the block; the payload is valid until the next entry is added.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        Invariant.That(EntryCount > 0);
        _payload.Add(_fingerprints.Span);
        EntryCount = 0;
        return _payload.Span;
    }

    public void Dispose()
    {
        _payload.Dispose();
        _fingerprints.Dispose();
        _restartKey.Dispose();
        _lastKey.Dispose();
    }

    private void Begin(long version)
    {
        _baseVersion = version;
        _payload.Clear();
        _fingerprints.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(
            new Span<byte>(_payload.Reserve(SSTableFormat.BaseVersionSize), SSTableFormat.BaseVersionSize), version);
        _payload.Advance(SSTableFormat.BaseVersionSize);
    }

    private ulong EncodeTag(EntryTag tag)
    {
        var kind = (ulong)tag.Kind;
        Invariant.That(kind <= SSTableFormat.FenceKind);
        var delta = tag.Version - _baseVersion;
        var zigzag = (ulong)((delta << 1) ^ (delta >> 63));
        return (zigzag << 4) | kind;
    }

    private static void Replace(OutputBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        buffer.Clear();
        buffer.Add(bytes);
    }
}
