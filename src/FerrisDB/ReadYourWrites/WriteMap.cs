namespace FerrisDB;

// One ordered index of entries describes the whole key space. An entry says what its key's own operations are, if
// any, and what holds from there up to the next entry:
//
//     set(c), clear_range(f, m), set(h), add(p)
//
//     entries      c            f            h            m            p
//     operations   Set          -            Set          -            Add
//     from here    unmodified   cleared      cleared      unmodified   unmodified
//
//     segments     |......|c|......|[f....h)|h|(h....m)|......|p|......
//     a read sees   db    val  db    absent val absent   db    db+  db
//
// To find out about a key is one search; a range read walks the entries. The chain of operations of a key is kept as
// short as it can be (OperationChain). What is committed is, in this order:
//
//     1. cleared ranges, by key: [f, m)
//     2. operations of keys, by key: h is set although it lies in the cleared range
//     3. late mutations, as they came
//
// A versionstamped key is not known before the commit: it may be any key of a range, so whatever is written to that
// range before must be committed before it, and what is written behind, behind it. That is what late mutations are.

/// <summary>The writes that a transaction has made and not committed, in the form that its reads need.</summary>
/// <remarks>
/// Checks nothing that the transaction must check before: keys and sizes are legal, ranges are not inverted,
/// versionstamped operands are valid. Not for several threads at once. Spans are valid until <see cref="Clear()"/>,
/// where nothing else is said. Used again after that, it allocates nothing, unless more is written than before.
/// </remarks>
internal sealed class WriteMap
{
    /// <summary>What the limit of a transaction counts for a mutation, beside its bytes.</summary>
    public const int MutationOverheadBytes = 28;

    /// <summary>What the limit of a transaction counts for a conflict range, beside its bytes.</summary>
    public const int ConflictOverheadBytes = 24;

    private const int DefaultValueSizeLimit = 100_000;

    private readonly int _valueSizeLimit;
    private readonly WriteStore _store = new();
    private readonly KeyIndex _index;
    private readonly OperationChain _chain;
    private readonly LateMutations _late;
    private readonly WriteConflicts _conflicts;

    /// <param name="valueSizeLimit">What a value that is appended to must fit into, in bytes.</param>
    public WriteMap(int valueSizeLimit = DefaultValueSizeLimit)
    {
        _valueSizeLimit = valueSizeLimit;
        _index = new KeyIndex(_store);
        _chain = new OperationChain(_store, valueSizeLimit);
        _late = new LateMutations(_store.Bytes);
        _conflicts = new WriteConflicts(_store, _index);
    }

    /// <summary>Whether there is something to commit: a mutation or a write conflict range.</summary>
    public bool HasAnythingToCommit => HasMutations || HasConflicts;

    /// <summary>Whether the database will be changed.</summary>
    public bool HasMutations { get; private set; }

    /// <summary>
    /// Whether all of it is sets and clears: then what it does depends neither on the database nor on the commit.
    /// </summary>
    public bool IsPlain { get; private set; } = true;

    /// <summary>Whether there is a write conflict range; those of versionstamped keys are not known yet.</summary>
    public bool HasConflicts { get; private set; }

    /// <summary>Whether reads see the database as it is.</summary>
    public bool IsTransparent => _index.IsEmpty;

    /// <summary>
    /// About <see cref="SizeBytes"/>, but costs nothing to ask for and grows with every write. Never less, if all is
    /// plain.
    /// </summary>
    public long ApproximateSizeBytes { get; private set; }

    /// <summary>Reads under way that see it as it is: as long as there are any it must not be written to.</summary>
    public int Readers { get; set; }

    /// <summary>Whether a range may be cleared.</summary>
    internal bool HasClearedRanges { get; private set; }

    internal WriteStore Store => _store;

    internal KeyIndex Index => _index;

    internal OperationChain Chain => _chain;

    internal LateMutations Late => _late;

    /// <summary>Bytes of mutations and write conflict ranges, as the limit of a transaction counts them.</summary>
    public long SizeBytes
    {
        get
        {
            var size = 0L;
            for (var mutations = OpenMutations(); mutations.MoveNext();)
                size += mutations.SizeBytes;
            for (var ranges = _conflicts.Open(); ranges.MoveNext();)
                size += ConflictOverheadBytes + ranges.Begin.Length + ranges.End.Length;
            return size;
        }
    }

    /// <summary>What the limit counts for a mutation. A clear is counted as the range of one key.</summary>
    public static int SizeOf(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand) =>
        MutationOverheadBytes + key.Length + (kind == MutationKind.Clear ? key.Length + 1 : operand.Length);

    /// <summary>What the limit counts for the conflict range of a mutation.</summary>
    public static int ConflictSizeOf(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand) =>
        ConflictOverheadBytes + key.Length + (kind == MutationKind.ClearRange ? operand.Length : key.Length + 1);

    /// <summary>Gives a key a value.</summary>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, bool addsConflict) =>
        Write(key, MutationKind.Set, value, addsConflict);

    /// <summary>Removes a key.</summary>
    public void Clear(ReadOnlySpan<byte> key, bool addsConflict) => Write(key, MutationKind.Clear, [], addsConflict);

    /// <summary>Applies an atomic operation of those that <see cref="AtomicOps.Includes"/> is true for.</summary>
    public void Atomic(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand, bool addsConflict)
    {
        IsPlain = false;
        Write(key, kind, operand, addsConflict);
    }

    /// <summary>Gives a key a value that only the commit knows: the key becomes unreadable.</summary>
    public void SetVersionstampedValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand, bool addsConflict)
    {
        IsPlain = false;
        Write(key, MutationKind.SetVersionstampedValue, operand, addsConflict);
    }

    /// <summary>
    /// Gives a value to a key that only the commit knows: all that it may become are unreadable. Adds no conflict.
    /// </summary>
    /// <param name="template">The key with a gap, as <see cref="VersionstampOperand"/> draws it.</param>
    /// <param name="value">The value.</param>
    /// <param name="versionMin">The read version, or 0 if it is not known: the commit's will be higher.</param>
    public void SetVersionstampedKey(ReadOnlySpan<byte> template, ReadOnlySpan<byte> value, long versionMin)
    {
        IsPlain = false;
        HasMutations = true;
        ApproximateSizeBytes += MutationOverheadBytes + template.Length + value.Length;
        var range = _late.AddVersionstampedKey(template, value, versionMin);
        MakeUnreadable(_late.Bytes(range.Begin), _late.Bytes(range.End));
    }

    /// <summary>Removes the keys of a range; nothing happens if it is empty.</summary>
    public void ClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool addsConflict)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        HasMutations = true;
        HasClearedRanges = true;
        ApproximateSizeBytes += SizeOf(MutationKind.ClearRange, begin, end);
        if (addsConflict)
            AddWriteConflict(begin, end);
        if (_late.IsTouchedBy(begin, end))
            _late.AddClearRange(begin, end);
        var endFloor = _index.Floor(end, out var endIsExact);
        var behind = RangeAt(endFloor);
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.ClearForgetsWhatLiesBehind)
            behind = WriteEntryFlags.None;
#endif
        var through = endIsExact ? _index.Previous(endFloor) : endFloor;
        var before = _index.Floor(begin, out var beginIsExact);
        if (beginIsExact)
            before = _index.Previous(before);
        if (!addsConflict)
            KeepConflicts(before, through);
        _index.RemoveRange(before, through);
        if (RangeAt(before) != WriteEntryFlags.RangeCleared)
            _index.InsertAfter(before, _store.AddEntry(begin, WriteEntryFlags.RangeCleared));
        if (!endIsExact && behind != WriteEntryFlags.RangeCleared)
            _index.InsertAfter(_index.Floor(end, out _), _store.AddEntry(end, behind));
    }

    /// <summary>Makes the commit conflict with those who read a range; nothing happens if it is empty.</summary>
    public void AddWriteConflict(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (begin.SequenceCompareTo(end) >= 0)
            return;
        HasConflicts = true;
        ApproximateSizeBytes += ConflictSizeOf(MutationKind.ClearRange, begin, end);
        _conflicts.Add(begin, end);
    }

    /// <summary>What a read of a key that begins now has to do.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bypassesUnreadable">
    /// Takes a versionstamped value for a set of its operand as it was given, and is never unreadable.
    /// </param>
    public WriteState Find(ReadOnlySpan<byte> key, bool bypassesUnreadable = false)
    {
        var floor = _index.Floor(key, out var isExact);
        if (floor.IsBeforeFirst)
            return WriteState.Unmodified;
        ref var entry = ref _store.Entries[_index.EntryAt(floor)];
        return isExact && entry.HasOperation
            ? PointState(entry, bypassesUnreadable)
            : RangeState(entry.Range, bypassesUnreadable);
    }

    /// <summary>The value of a state of kind <see cref="WriteStateKind.Value"/>.</summary>
    public ReadOnlySpan<byte> ValueOf(WriteState state) => _store.Operand(state.Operation);

    /// <summary>Evaluates a state of kind <see cref="WriteStateKind.Dependent"/> on what the database has.</summary>
    /// <param name="state">The state, from before or after later writes.</param>
    /// <param name="isPresent">Whether the database has a value.</param>
    /// <param name="value">Its value.</param>
    /// <param name="result">What a read sees; valid until the next call.</param>
    /// <returns>Whether a read sees a value.</returns>
    public bool Evaluate(WriteState state, bool isPresent, ReadOnlySpan<byte> value, out ReadOnlySpan<byte> result) =>
        _chain.Evaluate(state.Operation, isPresent, value, out result);

    /// <summary>Goes through the key space by segments; must be sought first.</summary>
    public WriteCursor OpenCursor() => new(this);

    /// <summary>Goes through what is to be committed, in an order that gives what the calls in theirs gave.</summary>
    public MutationCursor OpenMutations() => new(this);

    /// <summary>Goes through the write conflict ranges by key, merged where they touch.</summary>
    public WriteConflicts.Cursor OpenConflicts() => _conflicts.Open();

    /// <summary>Copies the write conflict ranges, sorted and merged.</summary>
    public void AddConflictsTo(ConflictRanges ranges)
    {
        for (var cursor = _conflicts.Open(); cursor.MoveNext();)
            ranges.Add(cursor.Begin, cursor.End);
    }

    /// <summary>Another map with the same writes, whose states are numbered alike.</summary>
    public WriteMap Copy()
    {
        var copy = new WriteMap(_valueSizeLimit)
        {
            IsPlain = IsPlain,
            HasMutations = HasMutations,
            HasConflicts = HasConflicts,
            HasClearedRanges = HasClearedRanges,
            ApproximateSizeBytes = ApproximateSizeBytes,
        };
        copy._store.CopyFrom(_store);
        copy._index.CopyFrom(_index);
        copy._late.CopyFrom(_late);
        copy._conflicts.CopyFrom(_conflicts);
        return copy;
    }

    /// <summary>Copies what is to be committed, which is plain, and the write conflict ranges.</summary>
    public void AddTo(WriteBatch batch, ConflictRanges conflicts)
    {
        if (!HasClearedRanges && _conflicts.HasPointsAlone)
        {
            AddKeysTo(batch, conflicts);
            return;
        }
        AddConflictsTo(conflicts);
        for (var mutations = OpenMutations(); mutations.MoveNext();)
        {
            if (mutations.Kind == MutationKind.Set)
                batch.Put(mutations.Key, mutations.Operand);
            else if (mutations.Kind == MutationKind.Clear)
                batch.Delete(mutations.Key);
            else
                batch.DeleteRange(mutations.Key, mutations.Operand);
        }
    }

    /// <summary>Forgets all writes and keeps the memory.</summary>
    public void Clear()
    {
        IsPlain = true;
        HasMutations = false;
        HasConflicts = false;
        HasClearedRanges = false;
        ApproximateSizeBytes = 0;
        _store.Clear();
        _index.Clear();
        _late.Clear();
        _conflicts.Clear();
    }

    /// <summary>What the operations of an entry mean for a read.</summary>
    internal WriteState PointState(in WriteEntry entry, bool bypassesUnreadable)
    {
        if (!bypassesUnreadable && entry.Has(WriteEntryFlags.PointUnreadable))
            return WriteState.Unreadable;
        var kind = _store.Operations[entry.Operation].Kind;
        return kind switch
        {
            MutationKind.Set or MutationKind.SetVersionstampedValue => new(WriteStateKind.Value, entry.Operation),
            MutationKind.Clear => WriteState.Absent,
            _ => new(WriteStateKind.Dependent, entry.Operation),
        };
    }

    internal static WriteState RangeState(WriteEntryFlags range, bool bypassesUnreadable) =>
        (range & WriteEntryFlags.RangeUnreadable) != 0 && !bypassesUnreadable ? WriteState.Unreadable
        : (range & WriteEntryFlags.RangeCleared) != 0 ? WriteState.Absent
        : WriteState.Unmodified;

    private void Write(ReadOnlySpan<byte> key, MutationKind kind, ReadOnlySpan<byte> operand, bool addsConflict)
    {
        HasMutations = true;
        ApproximateSizeBytes += SizeOf(kind, key, operand);
        var number = EntryOf(key);
        var entry = _store.Entries[number];
        if (addsConflict)
        {
            HasConflicts = true;
            ApproximateSizeBytes += ConflictSizeOf(kind, key, operand);
            entry.Flags |= WriteEntryFlags.Conflict;
        }
        var isLate = IsLate(entry, key);
        if (isLate)
            _late.Add(kind, key, operand);
        if (!entry.HasOperation && entry.Has(WriteEntryFlags.RangeUnreadable))
            entry.Flags |= WriteEntryFlags.PointUnreadable;
        if (kind == MutationKind.Clear)
            entry.Flags &= ~WriteEntryFlags.PointUnreadable;
        else if (kind == MutationKind.SetVersionstampedValue)
            entry.Flags |= WriteEntryFlags.PointUnreadable;
        entry.Operation = OperationsOf(entry, kind, operand, isLate);
        _store.Entries[number] = entry;
    }

    // Keys are in order here, and each is there once: nobody has to sort or merge them.
    private void AddKeysTo(WriteBatch batch, ConflictRanges conflicts)
    {
        for (var position = IndexPosition.BeforeFirst; _index.TryNext(ref position);)
        {
            var number = _index.EntryAt(position);
            ref var entry = ref _store.Entries[number];
            var key = _store.Key(number);
            if (entry.Has(WriteEntryFlags.Conflict))
                conflicts.AddPoint(key);
#if FERRIS_CHECKED
            if (SeededBugs.Active == SeededBug.CommitLosesTheLastMutation && batch.Count >= 3)
                continue;
#endif
            if (_store.Operations[entry.Operation].Kind == MutationKind.Set)
                batch.Put(key, _store.Operand(entry.Operation));
            else
                batch.Delete(key);
        }
    }

    private int OperationsOf(in WriteEntry entry, MutationKind kind, ReadOnlySpan<byte> operand, bool isLate)
    {
        if (!AtomicOps.Includes(kind))
            return _store.AddOperation(kind, operand, WriteEntry.NoOperation, isLate);
        if (!entry.Has(WriteEntryFlags.PointUnreadable))
            return _chain.Add(entry.Operation, entry.Has(WriteEntryFlags.RangeCleared), kind, operand, isLate);
        return _chain.Push(entry.Operation, kind, operand, isLate);
    }

    private int EntryOf(ReadOnlySpan<byte> key)
    {
        var floor = _index.Floor(key, out var isExact);
        if (isExact)
            return _index.EntryAt(floor);
        var entry = _store.AddEntry(key, RangeAt(floor));
        _index.InsertAfter(floor, entry);
        return entry;
    }

    // A key that a versionstamped key may have become, or that was cleared after it, is written in the order of calls.
    // Whether a range was cleared before or after is not known: after is assumed, which is never wrong.
    private bool IsLate(in WriteEntry entry, ReadOnlySpan<byte> key)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.NothingIsLate)
            return false;
#endif
        if (!_late.IsTouchedBy(key))
            return false;
        return entry.HasOperation
            ? entry.Has(WriteEntryFlags.PointUnreadable) || _store.Operations[entry.Operation].IsLate
            : entry.Range != WriteEntryFlags.None;
    }

    private WriteEntryFlags RangeAt(IndexPosition position) =>
        position.IsBeforeFirst ? WriteEntryFlags.None : _store.Entries[_index.EntryAt(position)].Range;

    // The entries go, but what others have read there was written all the same.
    private void KeepConflicts(IndexPosition after, IndexPosition through)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.ClearForgetsConflicts)
            return;
#endif
        for (var position = after; position != through && _index.TryNext(ref position);)
        {
            var entry = _index.EntryAt(position);
            if (_store.Entries[entry].Has(WriteEntryFlags.Conflict))
                _conflicts.Add(_store.Key(entry), _store.KeyAfter(entry));
        }
    }

    private void MakeUnreadable(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        SplitAt(begin);
        SplitAt(end);
        var position = _index.Floor(begin, out var isExact);
        if (isExact)
            position = _index.Previous(position);
        var previous = position;
        while (_index.TryNext(ref position))
        {
            var number = _index.EntryAt(position);
            ref var entry = ref _store.Entries[number];
            var isInside = _store.Key(number).SequenceCompareTo(end) < 0;
            if (isInside)
                entry.Flags |= WriteEntryFlags.RangeUnreadable;
            if (isInside && entry.HasOperation)
                entry.Flags |= WriteEntryFlags.PointUnreadable;
            // Templates that overlap would otherwise leave more and more entries behind.
            if (!entry.HasOperation && entry.Range == RangeAt(previous))
            {
                _index.RemoveRange(previous, position);
                position = previous;
            }
            previous = position;
            if (!isInside)
                return;
        }
    }

    private void SplitAt(ReadOnlySpan<byte> key)
    {
        var floor = _index.Floor(key, out var isExact);
        if (!isExact)
            _index.InsertAfter(floor, _store.AddEntry(key, RangeAt(floor)));
    }
}
