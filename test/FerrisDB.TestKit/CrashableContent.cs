using FerrisDB.Storage;

namespace FerrisDB.TestKit;

// A file has two contents. Programs see the current one, which lies in the page cache. The disk has the durable one,
// which is what the last sync left. Between them are the unsynced changes, in order: writes, and new lengths.
//
// When the power fails, the disk may have got any of the changes, page by page, in any order:
//
//   - a page of 4 KiB is lost (as durable), kept (all writes), older (the first few writes: the page was written back
//     in between), or torn (each sector of 512 bytes lost or kept by itself);
//   - the length is the durable one, the current one, or one that the file had or passed in between; what lies below
//     the length and was lost behind the durable end reads as zeros;
//   - cutting a file frees its pages, so writes behind a cut that was lost are lost with it.

/// <summary>The bytes of a file on a disk that may lose power.</summary>
/// <remarks>The file system that owns it serialises access.</remarks>
internal sealed class CrashableContent
{
    private const int PageSizeBytes = 4096;
    private const int SectorSizeBytes = 512;

    private readonly MemoryFileContent _durable;
    private readonly List<Change> _unsynced;

    public CrashableContent()
        : this(new MemoryFileContent(), new MemoryFileContent(), [])
    {
    }

    private CrashableContent(MemoryFileContent current, MemoryFileContent durable, List<Change> unsynced)
    {
        Current = current;
        _durable = durable;
        _unsynced = unsynced;
    }

    /// <summary>What programs read. Changed through this class alone.</summary>
    public MemoryFileContent Current { get; }

    public bool IsSynced => _unsynced.Count == 0;

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        _unsynced.Add(new Change(offset, data.ToArray()));
        Current.Write(offset, data);
    }

    public void SetLength(long length)
    {
        if (length == Current.Length)
            return;
        _unsynced.Add(new Change(length, Data: null));
        Current.SetLength(length);
    }

    public void Sync()
    {
        foreach (var change in _unsynced)
            change.ApplyTo(_durable);
        _unsynced.Clear();
    }

    /// <summary>
    /// What Linux does when a sync fails: the pages are marked clean though the disk has not got them. Programs go on
    /// reading them, the next sync succeeds and does nothing.
    /// </summary>
    public void ForgetUnsynced() => _unsynced.Clear();

    /// <summary>The same content, with its unsynced changes, for a machine that goes on without the process.</summary>
    public CrashableContent AfterKill() => new(Copy(Current), Copy(_durable), [.. _unsynced]);

    /// <summary>What the disk holds when the power returns.</summary>
    public CrashableContent AfterPowerFailure(CrashOdds odds)
    {
        var lengths = LengthsAfterEachChange();
        var (firstLength, end) = ChooseCuts(lengths, odds);
        var survivor = Copy(_durable);
        foreach (var cut in _unsynced.Take(end).Where((change, i) => change.IsLength && lengths[i + 1] < lengths[i]))
            survivor.SetLength(cut.Offset);

        foreach (var (page, changes) in ChangesOfEachPage(end))
            survivor.Write(page * PageSizeBytes, SurvivingPage(page, changes, odds));
        survivor.SetLength(ChooseLength(lengths, firstLength, end, odds));
        return new CrashableContent(survivor, Copy(survivor), []);
    }

    /// <summary>The length on the disk, then after each unsynced change.</summary>
    private List<long> LengthsAfterEachChange()
    {
        var lengths = new List<long> { _durable.Length };
        foreach (var change in _unsynced)
            lengths.Add(change.IsLength ? change.Offset : Math.Max(lengths[^1], change.End));
        return lengths;
    }

    /// <summary>Decides which cuts took place.</summary>
    /// <returns>How many changes lie up to the last cut, and up to the first one that did not take place.</returns>
    private static (int FirstLength, int End) ChooseCuts(List<long> lengths, CrashOdds odds)
    {
        var lastCut = 0;
        for (var i = 0; i + 1 < lengths.Count; i++)
        {
            if (lengths[i + 1] >= lengths[i])
                continue;
            if (!odds.KeepsLength())
                return (lastCut, i);
            lastCut = i + 1;
        }

        return (lastCut, lengths.Count - 1);
    }

    private static long ChooseLength(List<long> lengths, int first, int end, CrashOdds odds)
    {
        if (odds.KeepsLength())
            return lengths[end];
        if (!odds.TearsPages || odds.Evenly())
            return lengths[first];
        // Anything between: a write of many pages lengthens the file page by page.
        var growth = Math.Max(0, lengths[end] - lengths[first]);
        return lengths[first] + (odds.UpTo(growth / SectorSizeBytes) * SectorSizeBytes);
    }

    private SortedDictionary<long, List<Change>> ChangesOfEachPage(int end)
    {
        var pages = new SortedDictionary<long, List<Change>>();
        var lengths = new List<Change>();
        for (var i = 0; i < end; i++)
        {
            var change = _unsynced[i];
            if (change.IsLength)
            {
                // It concerns pages that were written before, and those that will be: their durable bytes may be cut.
                lengths.Add(change);
                foreach (var changes in pages.Values)
                    changes.Add(change);
                continue;
            }

            for (var page = change.Offset / PageSizeBytes; page * PageSizeBytes < change.End; page++)
            {
                if (!pages.TryGetValue(page, out var changes))
                    pages.Add(page, changes = [.. lengths]);
                changes.Add(change);
            }
        }

        return pages;
    }

    private byte[] SurvivingPage(long page, List<Change> changes, CrashOdds odds)
    {
        if (odds.KeepsPage())
            return PageAfter(page, changes, writes: changes.Count);
        if (!odds.TearsPages || odds.Evenly())
            return PageAfter(page, changes, writes: 0);
        if (odds.Evenly())
            return PageAfter(page, changes, (int)odds.UpTo(changes.Count));
        return Tear(PageAfter(page, changes, writes: 0), PageAfter(page, changes, changes.Count), odds);
    }

    /// <summary>A page once all cuts, and the writes among the first so many changes, have reached the disk.</summary>
    private byte[] PageAfter(long page, List<Change> changes, int writes)
    {
        var bytes = new byte[PageSizeBytes];
        _durable.Read(page * PageSizeBytes, bytes);
        for (var i = 0; i < changes.Count; i++)
        {
            if (changes[i].IsLength || i < writes)
                changes[i].ApplyTo(bytes, page * PageSizeBytes);
        }

        return bytes;
    }

    private static byte[] Tear(byte[] lost, byte[] kept, CrashOdds odds)
    {
        for (var sector = 0; sector < PageSizeBytes; sector += SectorSizeBytes)
        {
            if (odds.Evenly())
                kept.AsSpan(sector, SectorSizeBytes).CopyTo(lost.AsSpan(sector));
        }

        return lost;
    }

    private static MemoryFileContent Copy(MemoryFileContent content)
    {
        var copy = new MemoryFileContent();
        var buffer = new byte[64 << 10];
        for (long offset = 0; offset < content.Length; offset += buffer.Length)
            copy.Write(offset, buffer.AsSpan(0, content.Read(offset, buffer)));
        return copy;
    }

    /// <summary>A write of bytes at an offset or, without bytes, a new length of the file.</summary>
    private readonly record struct Change(long Offset, byte[]? Data)
    {
        public bool IsLength => Data is null;

        public long End => Offset + (Data?.Length ?? 0);

        public void ApplyTo(MemoryFileContent content)
        {
            if (Data is null)
                content.SetLength(Offset);
            else
                content.Write(Offset, Data);
        }

        /// <summary>Applies the part that falls into a page.</summary>
        public void ApplyTo(Span<byte> page, long pageOffset)
        {
            var start = (int)Math.Clamp(Offset - pageOffset, 0, page.Length);
            if (Data is null)
            {
                page[start..].Clear();
                return;
            }

            var end = (int)Math.Clamp(End - pageOffset, 0, page.Length);
            if (start < end)
                Data.AsSpan((int)(pageOffset + start - Offset), end - start).CopyTo(page[start..]);
        }
    }
}
