using FerrisDB.Storage;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.MemTables;

public sealed class BTreeMemTableTests() : MemTableTests(MemTableStructure.BTree);

public sealed class SkipListMemTableTests() : MemTableTests(MemTableStructure.SkipList);

/// <summary>What every MemTable does, whatever structure it has.</summary>
public abstract class MemTableTests(MemTableStructure structure) : IDisposable
{
    // What a B+tree may take at once when one entry splits a leaf and a node above.
    private const long SplitBytesMax = 3 * (BTreeNode.SizeBytes + Arena.CacheLineBytes);

    private readonly MemTable _memTable = new(64 << 10, seed: 1, number: 7, structure);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _memTable.Release();
    }

    [Fact]
    public void A_new_one_is_empty()
    {
        Assert.True(_memTable.IsEmpty);
        Assert.Equal(0, _memTable.SizeBytes);
        Assert.Equal((0, 0), (_memTable.OldestVersion, _memTable.NewestVersion));
        Assert.False(_memTable.TryGet("a"u8, EntryTag.VersionMax, out _, out _));
        using var cursor = _memTable.OpenCursor();
        Assert.False(cursor.SeekToFirst());
        Assert.False(cursor.SeekToLast());
    }

    [Fact]
    public void A_read_sees_the_newest_entry_at_or_below_its_version()
    {
        _memTable.Add("a"u8, new EntryTag(3, EntryKind.Value), "three"u8);
        _memTable.Add("a"u8, new EntryTag(9, EntryKind.Value), "nine"u8);
        _memTable.Add("a"u8, new EntryTag(6, EntryKind.Tombstone), default);

        Assert.Equal("nothing", Get("a", 2));
        Assert.Equal("three", Get("a", 3));
        Assert.Equal("three", Get("a", 5));
        Assert.Equal("tombstone", Get("a", 6));
        Assert.Equal("tombstone", Get("a", 8));
        Assert.Equal("nine", Get("a", 9));
        Assert.Equal("nine", Get("a", EntryTag.VersionMax));
        Assert.Equal("nothing", Get("b", 9));
    }

    [Fact]
    public void A_batch_brings_points_and_ranges_at_one_version()
    {
        var batch = new WriteBatch();
        batch.DeleteRange("a"u8, "m"u8);
        batch.Put("c"u8, "kept"u8);
        batch.Delete("z"u8);

        _memTable.Apply(5, batch.Canonicalize());

        Assert.Equal("kept", Get("c", 5));
        Assert.Equal("tombstone", Get("z", 5));
        Assert.Equal(5, _memTable.RangeTombstones.NewestCovering("b"u8, 9));
        Assert.Equal(0, _memTable.RangeTombstones.NewestCovering("b"u8, 4));
        Assert.Equal(2, _memTable.EntryCount);
        Assert.Equal((5, 5), (_memTable.OldestVersion, _memTable.NewestVersion));
    }

    [Fact]
    public void Range_tombstones_alone_make_it_non_empty()
    {
        _memTable.AddRangeTombstone("a"u8.ToArray(), "b"u8.ToArray(), 4);

        Assert.False(_memTable.IsEmpty);
        Assert.Equal((4, 4), (_memTable.OldestVersion, _memTable.NewestVersion));
        Assert.Equal(_memTable.RangeTombstones.SizeBytes, _memTable.SizeBytes);
    }

    [Fact]
    public void The_same_key_at_the_same_version_is_a_bug()
    {
        _memTable.Add("a"u8, new EntryTag(3, EntryKind.Value), "one"u8);
        Assert.Throws<InvariantException>(() => _memTable.Add("a"u8, new EntryTag(3, EntryKind.Value), "two"u8));
    }

    [Fact]
    public void Adding_to_a_sealed_one_is_a_bug()
    {
        _memTable.Seal();
        Assert.Throws<InvariantException>(() => _memTable.Add("a"u8, new EntryTag(3, EntryKind.Value), "one"u8));
        Assert.Throws<InvariantException>(() => _memTable.AddRangeTombstone([1], [2], 3));
        Assert.Throws<InvariantException>(() => _memTable.Apply(3, new WriteBatch().Canonicalize()));
    }

    // Entries of every size are added for as long as there is room for them: that must never fail, whatever heights the
    // nodes get. Adding on without asking must end in an error, not in foreign memory.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 1)]
    [InlineData(8, 0)]
    [InlineData(9, 12)]
    [InlineData(16, 100)]
    [InlineData(100, 5000)]
    public void What_it_has_room_for_fits_and_what_does_not_fit_is_refused(int keyLength, int valueLength)
    {
        var key = new byte[keyLength];
        var value = new byte[valueLength];
        var version = 0L;
        var room = MemTable.RoomFor(entryCount: 1, keyLength + valueLength);

        while (_memTable.HasRoomFor(room))
            _memTable.Add(key, new EntryTag(++version, EntryKind.Value), value);

        var atMost = _memTable.CapacityBytes + (structure == MemTableStructure.BTree ? SplitBytesMax : 0);
        Assert.InRange(_memTable.SizeBytes, _memTable.CapacityBytes - room, atMost);
        _memTable.AssertInvariants();
        void AddForEver()
        {
            while (true)
                _memTable.Add(key, new EntryTag(++version, EntryKind.Value), value);
        }

        Assert.Throws<InvariantException>((Action)AddForEver);
        Assert.False(_memTable.HasRoomFor(1));
        Assert.True(_memTable.TryGet(key, version - 1, out var tag, out _));
        Assert.Equal(version - 1, tag.Version);
    }

    [Fact]
    public void One_seed_makes_one_structure()
    {
        var other = new MemTable(64 << 10, seed: 1, number: 8, structure);
        foreach (var memTable in new[] { _memTable, other })
        {
            for (var version = 1; version <= 100; version++)
                memTable.Add(BitConverter.GetBytes(version * 7919), new EntryTag(version, EntryKind.Value), default);
        }

        Assert.Equal(Inspect(_memTable), Inspect(other).Replace("MemTable 8", "MemTable 7", StringComparison.Ordinal));
        other.Release();
    }

    [Fact]
    public void A_cursor_sees_what_is_added_in_front_of_it()
    {
        _memTable.Add("a"u8, new EntryTag(1, EntryKind.Value), default);
        using var cursor = _memTable.OpenCursor();
        cursor.SeekToFirst();

        _memTable.Add("b"u8, new EntryTag(2, EntryKind.Value), default);

        Assert.True(cursor.Next());
        Assert.Equal("b"u8.ToArray(), cursor.Key.ToArray());
    }

    [Fact]
    public void Writing_reading_and_scanning_allocate_nothing()
    {
        var payload = TwentyLetters().ToArray();
        using var cursor = _memTable.OpenCursor();
        var version = 0L;
        UseAll(++version, payload, cursor); // compiles

        Assert.Equal(0, Allocations.LeastOf(rounds: 5, () =>
        {
            for (var time = 0; time < 10; time++)
                UseAll(++version, payload, cursor);
        }));
    }

    // All MemTables of the process share one pool. Tests that run at the same time may have taken all that is in it:
    // then, and only then, a cursor is allocated.
    [Fact]
    public void Opening_a_cursor_allocates_nothing_unless_others_have_emptied_the_pool()
    {
        _memTable.Add("a"u8, new EntryTag(1, EntryKind.Value), "one"u8);
        _memTable.OpenCursor().Dispose();

        Assert.Equal(0, Allocations.LeastOf(rounds: 1000, () =>
        {
            using var cursor = _memTable.OpenCursor();
            cursor.SeekToFirst();
        }));
    }

    [Fact]
    public void A_disposed_cursor_refuses_to_move()
    {
        var cursor = _memTable.OpenCursor();
        cursor.Dispose();
        Assert.False(cursor.IsValid);
        Assert.Throws<ObjectDisposedException>(() => cursor.SeekToFirst());
    }

    [Fact]
    public void The_last_release_frees_it_and_it_cannot_be_acquired_again()
    {
        var memTable = new MemTable(4 << 10, seed: 1, number: 9, structure);
        memTable.Add("a"u8, new EntryTag(1, EntryKind.Value), "one"u8);
        Assert.True(memTable.TryAcquire());
        var cursor = memTable.OpenCursor();
        cursor.SeekToFirst();

        memTable.Release();
        memTable.Release();
        Assert.Equal("one"u8.ToArray(), cursor.Value.ToArray()); // the cursor holds the last reference
        cursor.Dispose();

        Assert.False(memTable.TryAcquire());
        Assert.Throws<InvariantException>(memTable.Release);
        Assert.Throws<InvariantException>(() => memTable.OpenCursor());
    }

    private static ReadOnlySpan<byte> TwentyLetters()
    {
        var batch = new WriteBatch();
        for (byte letter = 0; letter < 20; letter++)
            batch.Put([letter], [letter, letter]);
        return batch.Canonicalize();
    }

    private void UseAll(long version, ReadOnlySpan<byte> payload, ICursor cursor)
    {
        _memTable.Apply(version, payload);
        for (byte letter = 0; letter < 20; letter++)
            Assert.True(_memTable.TryGet([letter], version, out _, out _));
        var count = 0L;
        for (var isValid = cursor.SeekToFirst(); isValid; isValid = cursor.Next())
            count++;
        if (count != _memTable.EntryCount)
            Assert.Fail("The scan missed entries.");
    }

    private static string Inspect(MemTable memTable)
    {
        var writer = new StringWriter();
        MemTableInspector.Write(memTable, writer);
        return writer.ToString();
    }

    private string Get(string key, long version)
    {
        if (!_memTable.TryGet(System.Text.Encoding.ASCII.GetBytes(key), version, out var tag, out var value))
            return "nothing";
        return tag.Kind == EntryKind.Tombstone ? "tombstone" : System.Text.Encoding.ASCII.GetString(value);
    }
}
