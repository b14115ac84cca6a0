using System.Runtime.CompilerServices;

namespace FerrisDB.Storage;

/// <summary>
/// What a reader at one version sees of a merge of all runs: the newest entry of each key at or below the version,
/// without tombstones and without what range tombstones hide.
/// </summary>
/// <remarks>
/// Forwards, the merge stands on the entry shown. Backwards, a key's versions come oldest first, so the entry to show
/// is known only when the merge has left it: key and value are copied, and the merge stands one key further.
/// Old versions of a key are passed as their run knows best; if that is step by step and there are many, by a seek.
/// Stretches under a range tombstone are passed by a seek too.
/// On a <see cref="Streak"/> none of this is needed, and the merge stands on the entry shown in both directions.
/// </remarks>
internal sealed class VisibleCursor
{
    private const int StepsBeforeSeek = 8;

    // Where a key has been passed by a seek, the next ones have many versions too: one step shows whether they do.
    private const int StepsAmongHotKeys = 1;

    private int _stepsBeforeSeek = StepsBeforeSeek;
    private readonly List<(RangeTombstoneSet Set, int Run)> _rangeTombstones = [];
    private long _version;
    private byte[]? _lower;
    private byte[]? _upper;
    private bool _keysOnly;

    private Streak _streak;
    private bool _isForward;
    private byte[] _key = new byte[64];
    private int _keyLength;
    private byte[] _value = new byte[256];
    private int _valueLength;
    private EntryTag _valueTag;

    /// <summary>All runs, newest first. Filled by whoever opens this cursor.</summary>
    public MergingCursor Merge { get; } = new();

    public bool IsValid { get; private set; }

    /// <summary>Values are not wanted, so that they need not be copied.</summary>
    public bool IsKeysOnly => _keysOnly;

    public ReadOnlySpan<byte> Key => _streak.Table is { } table ? table.Key : KeyOffStreak;

    /// <summary>Of a large value the blob is read only now. No entry of a streak has one.</summary>
    public ReadOnlySpan<byte> Value => _streak.Table is { } table ? table.Value : ValueOffStreak;

    /// <summary>Opened by whoever opens this cursor.</summary>
    public BlobValue LargeValue { get; } = new();

    private ReadOnlySpan<byte> RememberedKey => _key.AsSpan(0, _keyLength);

    private ReadOnlySpan<byte> KeyOffStreak => _isForward ? Merge.Key : RememberedKey;

    private ReadOnlySpan<byte> ValueOffStreak =>
        _isForward ? Resolve(Merge.Tag, Merge.Value) : Resolve(_valueTag, _value.AsSpan(0, _valueLength));

    /// <summary>Prepares the cursor for one reader. Bounds: lower inclusive, upper exclusive, null for none.</summary>
    public void Reset(long version, byte[]? lower, byte[]? upper, bool keysOnly)
    {
        Invariant.That(!IsValid && _rangeTombstones.Count == 0);
        _version = version;
        _stepsBeforeSeek = StepsBeforeSeek;
        _lower = lower;
        _upper = upper;
        _keysOnly = keysOnly;
    }

    /// <summary>Adds what a run hides. Runs are numbered from the newest, as in the merge.</summary>
    public void AddRangeTombstones(RangeTombstoneSet set, int run)
    {
        if (!set.IsEmpty)
            _rangeTombstones.Add((set, run));
    }

    public void Clear()
    {
        BeginMove();
        Merge.Dispose();
        LargeValue.Close();
        _rangeTombstones.Clear();
        _lower = null;
        _upper = null;
    }

    public bool SeekToFirst()
    {
        if (_lower is not null)
            return Seek(_lower);
        BeginMove();
        Merge.SeekToFirst();
        return FindForward();
    }

    public bool SeekToLast()
    {
        if (_upper is not null)
            return SeekBefore(_upper);
        BeginMove();
        Merge.SeekToLast();
        return FindBackward();
    }

    public bool Seek(ReadOnlySpan<byte> key)
    {
        if (_lower is not null && key.SequenceCompareTo(_lower) < 0)
            key = _lower;
        BeginMove();
        Merge.Seek(key, EntryTag.SeekTo(_version));
        return FindForward();
    }

    public bool SeekBefore(ReadOnlySpan<byte> key)
    {
        if (_upper is not null && key.SequenceCompareTo(_upper) > 0)
            key = _upper;
        BeginMove();
        Merge.SeekBefore(key, EntryTag.First);
        return FindBackward();
    }

    public bool Next()
    {
        Invariant.That(IsValid);
        if (_isForward && _streak.Table is not null)
        {
            var step = _streak.Next(Merge, _upper);
            if (step == StreakStep.Shown)
                return true;
            if (step == StreakStep.BeyondBound)
                return LeaveStreakForward();
        }
        return NextOffStreak();
    }

    public bool Previous()
    {
        Invariant.That(IsValid);
        if (!_isForward && _streak.Table is not null)
        {
            var step = _streak.Previous(Merge, _lower);
            if (step == StreakStep.Shown)
                return true;
            return LeaveStreakBackward(hasMoved: step == StreakStep.BeyondBound);
        }
        return PreviousOffStreak();
    }

    private ReadOnlySpan<byte> Resolve(EntryTag tag, ReadOnlySpan<byte> stored) =>
        tag.Kind == EntryKind.BlobReference ? LargeValue.Read(Key, tag.Version, stored) : stored;

    private bool LeaveStreakForward()
    {
        BeginMove();
        Merge.AfterTableMoved();
        return FindForward();
    }

    private bool LeaveStreakBackward(bool hasMoved)
    {
        BeginMove();
        if (hasMoved)
            Merge.AfterTableMoved();
        else
            Merge.Previous();
        return FindBackward();
    }

    private bool NextOffStreak()
    {
        RememberKey(Key);
        BeginMove();
        if (_isForward)
            SkipRestOfKey();
        else
            Merge.Seek(RememberedKey, EntryTag.Last);
        return FindForward();
    }

    private bool PreviousOffStreak()
    {
        if (_isForward)
            RememberKey(Key);
        BeginMove();
        if (_isForward)
            Merge.SeekBefore(RememberedKey, EntryTag.First);
        return FindBackward();
    }

    // Should a file turn out to be damaged on the way, the cursor stands nowhere.
    private void BeginMove()
    {
        _streak.End();
        IsValid = false;
    }

    private bool FindForward()
    {
        _isForward = true;
        var tooNew = 0;
        while (Merge.IsValid)
        {
            var key = Merge.Key;
            if (_upper is not null && key.SequenceCompareTo(_upper) >= 0)
                break;
            var tag = Merge.Tag;
            if (tag.Version > _version)
            {
                SkipTooNew(key, ref tooNew);
                continue;
            }
            if (tag.Kind == EntryKind.Tombstone)
            {
                RememberKey(key);
                SkipRestOfKey();
                continue;
            }
            if (_rangeTombstones.Count > 0 && IsHidden(key, tag, out var fragment, out var hidingRun))
            {
                SkipHiddenForward(key, fragment, hidingRun);
                continue;
            }
            if (_rangeTombstones.Count == 0)
                _streak.BeginForward(Merge, _version, _upper);
            return IsValid = true;
        }
        return false;
    }

    private bool FindBackward()
    {
        _isForward = false;
        while (Merge.IsValid)
        {
            var key = Merge.Key;
            if (_lower is not null && key.SequenceCompareTo(_lower) < 0)
                break;
            if (_rangeTombstones.Count > 0
                && IsHidden(key, Merge.Tag, out var fragment, out var hidingRun) && hidingRun < Merge.CurrentRun)
            {
                Merge.SkipCurrentRunBefore(fragment.Begin);
                continue;
            }
            if (_rangeTombstones.Count == 0 && _streak.TryBeginBackward(Merge, _version, _lower))
                return IsValid = true;
            RememberKey(key);
            if (TakeNewestVisibleBackward())
                return IsValid = true;
        }
        return false;
    }

    // Walks the versions of the remembered key from the oldest on and leaves the merge before the key.
    private bool TakeNewestVisibleBackward()
    {
        var key = RememberedKey;
        var newest = default(EntryTag);
        var isFound = false;
        var steps = 0;
        do
        {
            Merge.PassOlder(_version);
            var tag = Merge.Tag;
            if (tag.Version > _version || ++steps > _stepsBeforeSeek)
            {
                if (tag.Version <= _version)
                    isFound = TakeBySeek(ref newest);
                if (steps > 1)
                    _stepsBeforeSeek = StepsAmongHotKeys;
                Merge.SeekBefore(key, EntryTag.First);
                break;
            }
            newest = tag;
            isFound = tag.Kind != EntryKind.Tombstone;
            if (isFound && !_keysOnly)
                RememberValue(tag, Merge.Value);
            Merge.Previous();
        }
        while (Merge.IsValid && Merge.Key.SequenceEqual(key));
        NoteSteps(steps);
        return isFound && !(_rangeTombstones.Count > 0 && IsHidden(key, newest, out _, out _));
    }

    // A hot key with many versions: go to the newest visible one directly.
    private bool TakeBySeek(ref EntryTag newest)
    {
        var isThere = Merge.Seek(RememberedKey, EntryTag.SeekTo(_version));
        Invariant.That(isThere);
        newest = Merge.Tag;
        if (newest.Kind == EntryKind.Tombstone)
            return false;
        RememberValue(newest, Merge.Value);
        return true;
    }

    private void SkipTooNew(ReadOnlySpan<byte> key, ref int tooNew)
    {
        if (++tooNew < _stepsBeforeSeek)
        {
            Merge.Next();
            return;
        }
        tooNew = 0;
        RememberKey(key);
        // Other runs may have versions of the key that are too new as well: they come in front next.
        if (Merge.SkipCurrentRunTo(RememberedKey, EntryTag.SeekTo(_version)) && Merge.Key.SequenceEqual(RememberedKey))
            _stepsBeforeSeek = StepsAmongHotKeys;
    }

    private void SkipRestOfKey()
    {
        var key = RememberedKey;
        for (var steps = 1; steps <= _stepsBeforeSeek; steps++)
        {
            if (Merge.NextKey() && Merge.Key.SequenceEqual(key))
                continue;
            NoteSteps(steps);
            return;
        }
        _stepsBeforeSeek = StepsAmongHotKeys;
        // Each run passes its own versions: mostly it is one that has many.
        do
        {
            Merge.SkipCurrentRunTo(key, EntryTag.Last);
        }
        while (Merge.IsValid && Merge.Key.SequenceEqual(key));
    }

    // Keys with one version each: the stretch of hot ones has ended, as it seems.
    private void NoteSteps(int steps)
    {
        if (steps <= 1)
            _stepsBeforeSeek = Math.Min(2 * _stepsBeforeSeek, StepsBeforeSeek);
    }

    // Everything of an older run below the fragment is older than its tombstone, so that run can leave the fragment.
    // Within the run that holds the tombstone, newer entries may follow: step.
    private void SkipHiddenForward(ReadOnlySpan<byte> key, RangeTombstoneFragment fragment, int hidingRun)
    {
        if (hidingRun < Merge.CurrentRun)
        {
            Merge.SkipCurrentRunTo(fragment.End, EntryTag.First);
            return;
        }
        RememberKey(key);
        SkipRestOfKey();
    }

    private bool IsHidden(ReadOnlySpan<byte> key, EntryTag tag, out RangeTombstoneFragment fragment, out int hidingRun)
    {
        foreach (var (set, run) in _rangeTombstones)
        {
            if (set.NewestCovering(key, _version) <= tag.Version)
                continue;
            var isThere = set.TryFind(key, out fragment!);
            Invariant.That(isThere);
            hidingRun = run;
            return true;
        }
        fragment = null!;
        hidingRun = -1;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RememberKey(ReadOnlySpan<byte> key)
    {
        if (key.Length > _key.Length)
            _key = new byte[Math.Max(key.Length, _key.Length * 2)];
        key.CopyTo(_key);
        _keyLength = key.Length;
    }

    private void RememberValue(EntryTag tag, ReadOnlySpan<byte> value)
    {
        _valueTag = tag;
        if (value.Length > _value.Length)
            _value = new byte[Math.Max(value.Length, _value.Length * 2)];
        value.CopyTo(_value);
        _valueLength = value.Length;
    }
}
