using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Reads the records of one segment in order, as far as they are whole.</summary>
/// <remarks>
/// It decides nothing: where the records end, <see cref="EndReason"/> says what stands there instead, and whether that
/// is the end of the log or damage is for <see cref="WalRecovery"/> to judge. For one thread. Owns the file.
/// </remarks>
internal sealed class WalReader : IDisposable
{
    private const int WindowBytes = 256 << 10;

    private readonly IFile _file;
    private byte[] _window;
    private long _windowOffset;
    private int _windowLength;

    /// <param name="file">The segment.</param>
    /// <param name="number">
    /// The number in the file's name, or null to believe the header (a file that was copied).
    /// </param>
    public WalReader(IFile file, long? number)
    {
        _file = file;
        Length = file.Length;
        _window = new byte[Math.Clamp(Length, WalFormat.SegmentHeaderSize, WindowBytes)];
        var first = Peek(0, WalFormat.SegmentHeaderSize);
        HasBlankHeader = !first.ContainsAnyExcept((byte)0);
        if (WalSegmentHeader.TryRead(first, file.Path, out var header))
        {
            IsBegun = number is null || header.Epoch == number;
            IsLeftover = !IsBegun;
            Header = header;
        }
        Epoch = number ?? Header.Epoch;
    }

    public string Path => _file.Path;

    public long Length { get; }

    public long Epoch { get; }

    /// <summary>True if the header is whole and belongs to this use of the file.</summary>
    public bool IsBegun { get; }

    /// <summary>True if the header is whole but was written in an earlier use of the file.</summary>
    public bool IsLeftover { get; }

    /// <summary>True if nothing has been written where the header belongs.</summary>
    public bool HasBlankHeader { get; }

    /// <summary>Meaningful if the segment <see cref="IsBegun"/> or <see cref="IsLeftover"/>.</summary>
    public WalSegmentHeader Header { get; }

    /// <summary>Offset of the record that was read last.</summary>
    public long Offset { get; private set; }

    /// <summary>Offset of the next record; once there are no more, of what stands there instead.</summary>
    public long NextOffset { get; private set; } = WalFormat.SegmentHeaderSize;

    public WalRecordHeader Record { get; private set; }

    /// <summary>The payload of the last record; valid until the next call.</summary>
    public ReadOnlySpan<byte> Payload => Peek(Offset + WalFormat.RecordHeaderSize, Record.Length);

    /// <summary>What stands where a record was looked for and not found.</summary>
    public string EndReason { get; private set; } = "";

    /// <summary>Reads the next record; false where none is, or at <paramref name="limit"/>.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FormatTooNew"/>: a kind of record from the future.
    /// </exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryNext(long limit = long.MaxValue)
    {
        var end = Math.Min(limit, Length);
        if (NextOffset + WalFormat.RecordHeaderSize > end)
            return EndWith("the end of the segment");
        var head = Peek(NextOffset, WalFormat.RecordHeaderSize);
        if (head.Length < WalFormat.RecordHeaderSize)
            return EndWith("the end of the segment");
        if (!WalRecordHeader.TryRead(head, Epoch, out var record))
            return EndWith(head.ContainsAnyExcept((byte)0) ? "no record of this segment's epoch" : "zeros");
        if (record.RecordSize > end - NextOffset)
            return EndWith($"a record of {record.RecordSize} bytes where {end - NextOffset} are left");
        if (record.Kind is not (WalRecordKind.Batch or WalRecordKind.EndMark))
        {
            throw new FerrisException(
                ErrorCode.FormatTooNew,
                $"{Path} has a record of kind {(byte)record.Kind}, which this program is too old for.");
        }
        var rest = Peek(NextOffset + WalFormat.RecordHeaderSize, (int)(record.RecordSize - WalFormat.RecordHeaderSize));
        if (rest.Length < record.RecordSize - WalFormat.RecordHeaderSize)
            return EndWith("a file that became shorter while it was read");
        var checksum = Crc32C.Of(rest[..record.Length]);
        if (checksum != record.PayloadChecksum)
            return EndWith($"a payload with checksum {checksum:x8} instead of {record.PayloadChecksum:x8}");
        if (rest[record.Length..].ContainsAnyExcept((byte)0))
            return EndWith("padding that is not zero");
        Record = record;
        Offset = NextOffset;
        NextOffset += record.RecordSize;
        return true;
    }

    /// <summary>
    /// Searches from an offset on for heads of records of this epoch, and returns the highest log position that any of
    /// them knew to be durable; -1 if there is none.
    /// </summary>
    public long FindSyncedThrough(long from, long to = long.MaxValue)
    {
        var highest = -1L;
        for (var offset = AlignUp(from); offset + WalFormat.RecordHeaderSize <= Math.Min(to, Length);)
        {
            var bytes = Peek(offset, WindowBytes);
            var last = AlignDown(bytes.Length - WalFormat.RecordHeaderSize);
            if (last < 0)
                break;
            highest = Math.Max(highest, FindSyncedThrough(bytes, last));
            offset += last + WalFormat.RecordAlignment;
        }
        return highest;
    }

    /// <summary>
    /// Where reading ended: goes on at the next place that has the head of a record of this epoch; false if none has.
    /// The record itself may be damaged.
    /// </summary>
    /// <param name="damaged">The head of the record that reading ended at, if that at least is whole.</param>
    /// <param name="limit">How far to look.</param>
    public bool TrySkipDamage(out WalRecordHeader? damaged, long limit = long.MaxValue)
    {
        damaged = null;
        var end = Math.Min(limit, Length) - WalFormat.RecordHeaderSize;
        if (NextOffset > end)
            return false;
        // A whole head knows its record's length: what lies inside of that is never taken for a record.
        if (WalRecordHeader.TryRead(Peek(NextOffset, WalFormat.RecordHeaderSize), Epoch, out var head))
        {
            damaged = head;
            NextOffset += head.RecordSize;
        }
        else
        {
            NextOffset += WalFormat.RecordAlignment;
        }
        for (var offset = NextOffset; offset <= end; offset += WalFormat.RecordAlignment)
        {
            if (!WalRecordHeader.TryRead(Peek(offset, WalFormat.RecordHeaderSize), Epoch, out _))
                continue;
            NextOffset = offset;
            return true;
        }
        return false;
    }

    /// <summary>Reads on from an offset at which a record ended.</summary>
    public void GoBackTo(long offset) => NextOffset = offset;

    /// <summary>True if there is nothing but zeros from an offset on.</summary>
    public bool IsBlankFrom(long offset)
    {
        for (var bytes = Peek(offset, WindowBytes); bytes.Length > 0; bytes = Peek(offset, WindowBytes))
        {
            if (bytes.ContainsAnyExcept((byte)0))
                return false;
            offset += bytes.Length;
        }
        return true;
    }

    public void Dispose() => _file.Dispose();

    private long FindSyncedThrough(ReadOnlySpan<byte> bytes, int last)
    {
        var highest = -1L;
        for (var at = 0; at <= last; at += WalFormat.RecordAlignment)
        {
            var skip = bytes[at..].IndexOfAnyExcept((byte)0);
            if (skip < 0)
                break;
            // A checksum may begin with zero bytes, so look from the multiple of eight before.
            at += AlignDown(skip);
            if (at <= last && WalRecordHeader.TryRead(bytes[at..], Epoch, out var record))
                highest = Math.Max(highest, record.SyncedThrough);
        }
        return highest;
    }

    private static long AlignUp(long offset) => (offset + WalFormat.RecordAlignment - 1) & -WalFormat.RecordAlignment;

    private static int AlignDown(int offset) => offset & -WalFormat.RecordAlignment;

    private bool EndWith(string reason)
    {
        EndReason = reason;
        return false;
    }

    // The bytes at an offset, fewer at the end of the file; valid until the next call.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Peek(long offset, int count)
    {
        var at = offset - _windowOffset;
        return at >= 0 && at + count <= _windowLength ? _window.AsSpan((int)at, count) : PeekBehind(offset, count);
    }

    private ReadOnlySpan<byte> PeekBehind(long offset, int count)
    {
        count = (int)Math.Min(count, Math.Max(0, Length - offset));
        var isInWindow = offset >= _windowOffset && offset + count <= _windowOffset + _windowLength;
        if (!isInWindow)
        {
            if (_window.Length < count)
                _window = new byte[count];
            _windowOffset = offset;
            _windowLength = _file.Read(offset, _window);
        }
        var at = (int)(offset - _windowOffset);
        return _window.AsSpan(at, Math.Min(count, _windowLength - at));
    }
}
