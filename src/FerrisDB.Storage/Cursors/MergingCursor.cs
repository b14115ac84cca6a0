using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>Several sorted runs shown as one.</summary>
/// <remarks>
/// The runs are kept in an array that is sorted by the entry each stands on, with the entry to show in front. Real data
/// comes in streaks from one run, so a step usually costs one comparison with the runner-up; a heap would pay for two,
/// and the arrays here hold about ten runs. The first eight bytes of every key lie beside its run, so that most
/// comparisons do not touch the keys themselves. Runs are numbered from the newest to the oldest.
/// </remarks>
internal sealed class MergingCursor : ICursor
{
    private Run[] _runs = [];
    private int _runCount;

    // Runs [0, _liveCount) stand on an entry and are sorted; the others are exhausted in the current direction.
    private int _liveCount;
    private bool _isForward;

    private struct Run
    {
        public ICursor Cursor;

        // What the cursor's Table is while it stands on an entry: asked without a call through the interface.
        public SSTableCursor? Table;
        public ulong Prefix;
        public int Number;
    }

    /// <summary>The number of the run that the current entry comes from; smaller is newer.</summary>
    public int CurrentRun => _runs[0].Number;

    public bool IsValid => _liveCount > 0;

    public ReadOnlySpan<byte> Key => KeyOf(in _runs[0]);

    public EntryTag Tag => TagOf(in _runs[0]);

    public ReadOnlySpan<byte> Value => _runs[0].Table is { } table ? table.Value : _runs[0].Cursor.Value;

    /// <summary>The table that the current entry stands in, if it does (<see cref="ICursor.Table"/>).</summary>
    public SSTableCursor? Table => _runs[0].Table;

    /// <summary>True if a second run stands on an entry.</summary>
    public bool HasRunnerUp => _liveCount > 1;

    /// <summary>The key that another run would show next.</summary>
    public ReadOnlySpan<byte> RunnerUpKey => KeyOf(in _runs[1]);

    /// <summary>Takes over the runs, newest first; they are disposed with this cursor.</summary>
    public void Add(ICursor run, int number)
    {
        if (_runCount == _runs.Length)
            Array.Resize(ref _runs, Math.Max(8, _runs.Length * 2));
        _runs[_runCount++] = new Run { Cursor = run, Number = number };
    }

    public bool SeekToFirst()
    {
        _isForward = true;
        _liveCount = 0;
        for (var index = 0; index < _runCount; index++)
            Settle(index, _runs[index].Cursor.SeekToFirst());
        return SortLive();
    }

    public bool SeekToLast()
    {
        _isForward = false;
        _liveCount = 0;
        for (var index = 0; index < _runCount; index++)
            Settle(index, _runs[index].Cursor.SeekToLast());
        return SortLive();
    }

    public bool Seek(ReadOnlySpan<byte> key, EntryTag tag)
    {
        _isForward = true;
        _liveCount = 0;
        Approach(key, tag, isBefore: false);
        for (var index = 0; index < _runCount; index++)
            Settle(index, _runs[index].Cursor.Seek(key, tag));
        return SortLive();
    }

    public bool SeekBefore(ReadOnlySpan<byte> key, EntryTag tag)
    {
        _isForward = false;
        _liveCount = 0;
        Approach(key, tag, isBefore: true);
        for (var index = 0; index < _runCount; index++)
            Settle(index, _runs[index].Cursor.SeekBefore(key, tag));
        return SortLive();
    }

    public bool Next()
    {
        Invariant.That(_liveCount > 0);
        if (!_isForward)
            TurnForward();
        return AfterMove(_runs[0].Cursor.Next());
    }

    public bool Previous()
    {
        Invariant.That(_liveCount > 0);
        return _isForward ? TurnBackward() : AfterMove(_runs[0].Cursor.Previous());
    }

    /// <summary>
    /// Moves the run in front to its next key, if it knows where that is; else, or if another run has the key too, the
    /// cursor shows an older version of it.
    /// </summary>
    public bool NextKey()
    {
        Invariant.That(_isForward && _liveCount > 0);
        return AfterMove(_runs[0].Cursor.NextKey());
    }

    /// <summary>
    /// Backwards: the run in front leaves out versions of its key that are older than another one it has at or below a
    /// version. The cursor shows the same key afterwards.
    /// </summary>
    public void PassOlder(long version)
    {
        Invariant.That(!_isForward && _liveCount > 0);
        if (_runs[0].Cursor.TryMoveToNewer(version))
            Sink();
    }

    /// <summary>The caller has moved the table of the run in front to another entry.</summary>
    public bool AfterTableMoved()
    {
        _runs[0].Prefix = _runs[0].Table!.Place.PrefixFrom(0);
        return Sink();
    }

    /// <summary>
    /// Moves only the run in front to the first entry at or behind (key, tag): what it skips is known hidden.
    /// </summary>
    public bool SkipCurrentRunTo(ReadOnlySpan<byte> key, EntryTag tag)
    {
        Invariant.That(_isForward && _liveCount > 0);
        return AfterMove(_runs[0].Cursor.Seek(key, tag));
    }

    /// <summary>Moves only the run in front to the last entry before the key.</summary>
    public bool SkipCurrentRunBefore(ReadOnlySpan<byte> key)
    {
        Invariant.That(!_isForward && _liveCount > 0);
        return AfterMove(_runs[0].Cursor.SeekBefore(key, EntryTag.First));
    }

    /// <summary>Returns the runs to their pools; the cursor itself can be filled again.</summary>
    public void Dispose()
    {
        for (var index = 0; index < _runCount; index++)
        {
            _runs[index].Cursor.Dispose();
            _runs[index] = default;
        }
        _runCount = 0;
        _liveCount = 0;
    }

    // The runs miss the processor's cache side by side, not one after the other.
    private void Approach(ReadOnlySpan<byte> key, EntryTag tag, bool isBefore)
    {
        if (_runCount < 2)
            return;
        for (var index = 0; index < _runCount; index++)
            _runs[index].Cursor.BeginSeek(key, tag, isBefore);
        for (var index = 0; index < _runCount; index++)
            _runs[index].Cursor.ContinueSeek(key, tag);
    }

    // The run at `index` has just been moved: if it stands on an entry, it joins the (still unsorted) live ones.
    private void Settle(int index, bool isValid)
    {
        if (!isValid)
            return;
        Look(ref _runs[index]);
        if (index != _liveCount)
            (_runs[index], _runs[_liveCount]) = (_runs[_liveCount], _runs[index]);
        _liveCount++;
    }

    private bool SortLive()
    {
        for (var index = 1; index < _liveCount; index++)
        {
            if (!ComesBefore(in _runs[index], in _runs[index - 1]))
                continue;
            var run = _runs[index];
            var place = index;
            while (place > 0 && ComesBefore(in run, in _runs[place - 1]))
            {
                _runs[place] = _runs[place - 1];
                place--;
            }
            _runs[place] = run;
        }
        AssertInvariants();
        return _liveCount > 0;
    }

    // The front run has moved; everything behind it is sorted.
    private bool AfterMove(bool isValid)
    {
        if (!isValid)
        {
            var exhausted = _runs[0];
            _liveCount--;
            Array.Copy(_runs, 1, _runs, 0, _liveCount);
            _runs[_liveCount] = exhausted;
            return _liveCount > 0;
        }
        Look(ref _runs[0]);
        return Sink();
    }

    // The front run finds its place among those behind it.
    private bool Sink()
    {
        if (_liveCount < 2 || !ComesBefore(in _runs[1], in _runs[0]))
            return true;
        var run = _runs[0];
        var place = 1;
        do
        {
            _runs[place - 1] = _runs[place];
            place++;
        }
        while (place < _liveCount && ComesBefore(in _runs[place], in run));
        _runs[place - 1] = run;
        return true;
    }

    // The run stands on another entry, perhaps of another table.
    private static void Look(ref Run run)
    {
        var table = run.Cursor.Table;
        if (!ReferenceEquals(table, run.Table))
            run.Table = table;
        run.Prefix = InternalKey.PrefixOf(KeyOf(in run));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> KeyOf(in Run run) => run.Table is { } table ? table.Key : run.Cursor.Key;

    private static EntryTag TagOf(in Run run) => run.Table is { } table ? table.Tag : run.Cursor.Tag;

    private bool ComesBefore(in Run left, in Run right)
    {
        if (left.Prefix != right.Prefix)
            return left.Prefix < right.Prefix == _isForward;
        return ComesBeforeByKey(in left, in right);
    }

    private bool ComesBeforeByKey(in Run left, in Run right)
    {
        var order = InternalKey.Compare(KeyOf(in left), TagOf(in left), KeyOf(in right), TagOf(in right));
        return _isForward ? order < 0 : order > 0;
    }

    // Turning round is a seek to where the cursor stands: rare, and simpler than moving each run across the entry.
    private void TurnForward()
    {
        var (key, length) = RentCurrentKey();
        var isThere = Seek(key.AsSpan(0, length), Tag);
        Invariant.That(isThere);
        ArrayPool<byte>.Shared.Return(key);
    }

    private bool TurnBackward()
    {
        var (key, length) = RentCurrentKey();
        var isValid = SeekBefore(key.AsSpan(0, length), Tag);
        ArrayPool<byte>.Shared.Return(key);
        return isValid;
    }

    private (byte[] Key, int Length) RentCurrentKey()
    {
        var current = Key;
        var key = ArrayPool<byte>.Shared.Rent(current.Length);
        current.CopyTo(key);
        return (key, current.Length);
    }

    [Conditional("FERRIS_CHECKED")]
    private void AssertInvariants()
    {
        for (var index = 1; index < _liveCount; index++)
            Invariant.Checked(!ComesBefore(in _runs[index], in _runs[index - 1]), $"run {index} is out of order");
    }
}
