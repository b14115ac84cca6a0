using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FerrisDB.Storage;

/// <summary>A place in one decoded block, with the key put together in a buffer of its own.</summary>
/// <remarks>
/// Forwards, an entry's suffix is written over the last one's: within an interval entries share less and less, so what
/// is in front of it is the restart key still. Backwards, the missing bytes are copied from the restart key, which is
/// needed once or twice for an interval.
/// </remarks>
internal unsafe struct BlockCursor
{
    // Steps take some ten nanoseconds and a miss a hundred and fifty, so what is wanted some twenty entries later is
    // asked for now. The processor guesses forwards as well, though not beyond a page; backwards it guesses badly.
    private const int AheadBytes = 2048;

    private Block* _block;
    private int _index;
    private BlockEntry _entry;
    private byte* _key;
    private int _keyCapacity;

    public readonly Block* Block => _block;

    public readonly bool IsValid => _block != null && (uint)_index < (uint)_block->EntryCount;

    public readonly int Index => _index;

    public readonly ReadOnlySpan<byte> Key
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_key, _entry.KeySize);
    }

    /// <summary>Eight bytes of the key from one of them on, as <see cref="InternalKey.PrefixOf"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong PrefixFrom(int start) => InternalKey.PrefixOf(new(_key + start, _entry.KeySize - start));

    public readonly EntryTag Tag
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _block->DecodeTag(_entry.StoredTag);
    }

    public readonly ReadOnlySpan<byte> Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_entry.Value, _entry.ValueSize);
    }

    /// <summary>Takes another block (null: none) and stands on no entry of it yet.</summary>
    public void Enter(Block* block)
    {
        _block = block;
        _index = -1;
        if (block != null && block->KeySizeMax + FerrisDB.Storage.Block.PaddingSize > _keyCapacity)
            GrowKey(block->KeySizeMax + FerrisDB.Storage.Block.PaddingSize);
    }

    /// <summary>Moves to an entry; returns false if there is no such entry.</summary>
    public bool MoveTo(int index)
    {
        _index = index;
        if ((uint)index >= (uint)_block->EntryCount)
            return false;
        _entry = BlockEntry.At(_block->EntryAt(index));
        CopyRestartKey(from: 0);
        CopySuffix();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Next()
    {
        if (++_index >= _block->EntryCount)
            return false;
        _entry = BlockEntry.At(_entry.End);
        CopySuffix();
        return true;
    }

    /// <summary>
    /// Moves to the next entry, or returns false and stays if there is none in this block.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryNext()
    {
        var index = _index + 1;
        if (index >= _block->EntryCount)
            return false;
        _index = index;
        // Not from where the last one ends: so the processor need not have finished with it.
        var at = _block->EntryAt(index);
        Fetch(at + AheadBytes);
        _entry = BlockEntry.At(at);
        CopySuffix();
        return true;
    }

    /// <summary>Moves to the entry before. There must be one in this block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Back()
    {
        var index = _index - 1;
        _index = index;
        var wasShared = _entry.Shared; // nothing, where the interval begins, and then there is another restart key
        var at = _block->EntryAt(index);
        Fetch(at - AheadBytes);
        _entry = BlockEntry.At(at);
        if (_entry.Shared > wasShared)
            CopyMissing(from: wasShared);
        CopySuffix();
    }

    public bool Previous()
    {
        if (_index <= 0)
        {
            _index = -1;
            return false;
        }
        Back();
        return true;
    }

    /// <summary>Frees the key's buffer.</summary>
    public void Free()
    {
        NativeMemory.Free(_key);
        _key = null;
        _keyCapacity = 0;
        _block = null;
    }

    private readonly void CopyMissing(int from)
    {
#if FERRIS_CHECKED
        if (SeededBugs.Active == SeededBug.BlockStepsBackWithoutTheRestartKey)
            return;
#endif
        CopyRestartKey(from);
    }

    // Two lines, which is about what an entry takes. Beyond the block there is something else, which does no harm.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(byte* at)
    {
        Prefetch.Line(at);
        Prefetch.Line(at + Prefetch.LineSize);
    }

    // The bytes that the entry shares with its restart point, from one of them on.
    private readonly void CopyRestartKey(int from)
    {
        if (_entry.Shared <= from)
            return;
        var restart = BlockSearch.RestartKey(_block, _index / SSTableFormat.RestartInterval);
        restart[from.._entry.Shared].CopyTo(new Span<byte>(_key + from, _entry.Shared - from));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void CopySuffix()
    {
        var destination = _key + _entry.Shared;
        // Both sides are padded: most suffixes are one vector, whatever their size.
        Unsafe.CopyBlockUnaligned(destination, _entry.Suffix, 16);
        if (_entry.SuffixSize > 16)
            Unsafe.CopyBlockUnaligned(destination + 16, _entry.Suffix + 16, (uint)_entry.SuffixSize - 16);
    }

    private void GrowKey(int capacity)
    {
        capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity);
        NativeMemory.Free(_key);
        _key = (byte*)NativeMemory.Alloc((nuint)capacity);
        _keyCapacity = capacity;
    }
}
