using FerrisDB.TestKit;
using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>What is committed and counted, in words; the rest is compared with a model.</summary>
public sealed class WriteMapTests
{
    private readonly WriteMap _map = new();

    [Fact]
    public void The_last_set_of_a_key_counts_alone()
    {
        _map.Set("k"u8, "one"u8, addsConflict: true);
        _map.Set("k"u8, "three"u8, addsConflict: true);

        Assert.Equal("Set k three", Mutations());
        Assert.Equal(28 + 1 + 5 + 24 + 1 + 2, _map.SizeBytes);
    }

    [Fact]
    public void Atomic_operations_on_a_known_value_are_a_set()
    {
        _map.Clear("k"u8, addsConflict: true);
        _map.Atomic(MutationKind.AppendIfFits, "k"u8, "a"u8, addsConflict: true);
        _map.Atomic(MutationKind.AppendIfFits, "k"u8, "b"u8, addsConflict: true);

        Assert.Equal("Set k ab", Mutations());
    }

    [Fact]
    public void A_value_that_is_cleared_by_comparison_is_a_clear()
    {
        _map.Set("k"u8, "v"u8, addsConflict: true);
        _map.Atomic(MutationKind.CompareAndClear, "k"u8, "v"u8, addsConflict: true);

        Assert.Equal("Clear k", Mutations());
        Assert.Equal(WriteStateKind.Absent, _map.Find("k"u8).Kind);
    }

    [Fact]
    public void Sums_of_one_length_are_one_sum()
    {
        _map.Atomic(MutationKind.Add, "k"u8, "\x1"u8, addsConflict: true);
        _map.Atomic(MutationKind.Add, "k"u8, "A"u8, addsConflict: true);
        _map.Atomic(MutationKind.Add, "k"u8, "AA"u8, addsConflict: true);

        Assert.Equal("Add k B, Add k AA", Mutations());
    }

    [Fact]
    public void Appends_to_an_unknown_value_stay_apart_because_each_may_fit_or_not()
    {
        _map.Atomic(MutationKind.AppendIfFits, "k"u8, "a"u8, addsConflict: true);
        _map.Atomic(MutationKind.AppendIfFits, "k"u8, "b"u8, addsConflict: true);

        Assert.Equal("AppendIfFits k a, AppendIfFits k b", Mutations());
    }

    [Fact]
    public void Cleared_ranges_come_first_and_are_merged_and_keys_in_them_stay_out_if_they_are_absent()
    {
        _map.Set("c"u8, "1"u8, addsConflict: true);
        _map.ClearRange("f"u8, "k"u8, addsConflict: true);
        _map.Set("g"u8, "2"u8, addsConflict: true);
        _map.Clear("h"u8, addsConflict: true);
        _map.ClearRange("k"u8, "m"u8, addsConflict: true);
        _map.ClearRange("x"u8, "y"u8, addsConflict: true);

        Assert.Equal("ClearRange f m, ClearRange x y, Set c 1, Set g 2", Mutations());
        Assert.Equal("c-c\0 f-m x-y", Conflicts());
        Assert.Equal((3 * 28) + 2 + 2 + 2 + 28 + 2 + (3 * 24) + 3 + 2 + 2, _map.SizeBytes);
    }

    [Fact]
    public void A_clear_counts_as_the_range_of_its_key()
    {
        _map.Clear("key"u8, addsConflict: false);

        Assert.Equal("Clear key", Mutations());
        Assert.Equal(28 + 3 + 4, _map.SizeBytes);
        Assert.True(_map.HasMutations);
        Assert.False(_map.HasConflicts);
    }

    [Fact]
    public void Conflict_ranges_that_touch_are_one()
    {
        _map.Set("b"u8, [], addsConflict: true);
        _map.Set("b\0"u8, [], addsConflict: true);
        _map.Set("a"u8, [], addsConflict: false);
        _map.AddWriteConflict("b\0\0"u8, "c"u8);
        _map.AddWriteConflict("q"u8, "r"u8);
        _map.AddWriteConflict("p"u8, "q"u8);
        _map.AddWriteConflict("z"u8, "z"u8);

        Assert.Equal("b-c p-r", Conflicts());
    }

    [Fact]
    public void A_conflict_alone_is_something_to_commit()
    {
        Assert.False(_map.HasAnythingToCommit);

        _map.AddWriteConflict("a"u8, "b"u8);

        Assert.True(_map.HasAnythingToCommit);
        Assert.False(_map.HasMutations);
        Assert.True(_map.IsTransparent);
    }

    [Fact]
    public void A_versionstamped_value_is_unreadable_until_it_is_cleared()
    {
        _map.SetVersionstampedValue("k"u8, new byte[14], addsConflict: true);
        Assert.Equal(WriteStateKind.Unreadable, _map.Find("k"u8).Kind);
        Assert.Equal(new byte[14], _map.ValueOf(_map.Find("k"u8, bypassesUnreadable: true)).ToArray());

        _map.Set("k"u8, "v"u8, addsConflict: true);
        Assert.Equal(WriteStateKind.Unreadable, _map.Find("k"u8).Kind);
        Assert.Equal("Set k v", Mutations());

        _map.Clear("k"u8, addsConflict: true);
        Assert.Equal(WriteStateKind.Absent, _map.Find("k"u8).Kind);
    }

    [Fact]
    public void What_is_written_behind_a_versionstamped_key_is_committed_behind_it()
    {
        byte[] template = [(byte)'k', .. new byte[10], 1, 0, 0, 0];
        _map.Set("k~"u8, "before"u8, addsConflict: true);
        _map.SetVersionstampedKey(template, "stamped"u8, versionMin: 5);
        _map.Set("k~"u8, "behind"u8, addsConflict: true);
        _map.Set("other"u8, "o"u8, addsConflict: true);

        Assert.Equal(WriteStateKind.Unreadable, _map.Find("k~"u8).Kind);
        Assert.Equal($"Set other o, SetVersionstampedKey {Text(template)} stamped, Set k~ behind", Mutations());
    }

    [Fact]
    public void Many_versionstamped_keys_that_overlap_leave_few_entries()
    {
        for (byte number = 0; number < 200; number++)
            _map.SetVersionstampedKey([(byte)'k', .. new byte[10], number, 1, 0, 0, 0], [], versionMin: 5);

        var segments = 1;
        var cursor = _map.OpenCursor();
        cursor.SeekToFirst();
        while (cursor.MoveNext())
            segments++;
        Assert.Equal(3, segments);
    }

    [Fact]
    public void A_chain_of_operations_may_be_long()
    {
        for (var round = 0; round < 20_000; round++)
        {
            _map.Atomic(MutationKind.Add, "k"u8, [1, 0], addsConflict: true);
            _map.Atomic(MutationKind.Max, "k"u8, [2, 0], addsConflict: true);
        }

        Assert.True(_map.Evaluate(_map.Find("k"u8), isPresent: false, [], out var result));
        Assert.Equal([0x21, 0x4e], result.ToArray());
    }

    [Fact]
    public void Appending_again_and_again_does_not_copy_the_value_each_time()
    {
        _map.Set("a"u8, [], addsConflict: true);
        _map.Set("b"u8, [], addsConflict: true);
        for (var round = 0; round < 50_000; round++)
            _map.Atomic(MutationKind.AppendIfFits, round % 2 == 0 ? "a"u8 : "b"u8, "xy"u8, addsConflict: true);

        Assert.Equal(50_000, _map.ValueOf(_map.Find("a"u8)).Length);
        Assert.False(_map.ValueOf(_map.Find("b"u8)).ContainsAnyExcept("xy"u8));
        Assert.InRange(_map.Store.Bytes.Length, 100_000, 1_000_000);
    }

    [Fact]
    public void A_map_that_is_used_again_allocates_nothing()
    {
        var ranges = new ConflictRanges();
        UseOnce(ranges);
        UseOnce(ranges);
        Assert.Equal(0, Allocations.LeastOf(rounds: 5, () => UseOnce(ranges)));
    }

    private void UseOnce(ConflictRanges ranges)
    {
        _map.Clear();
        ranges.Clear();
        Span<byte> key = stackalloc byte[4];
        for (var number = 0; number < 2_000; number++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(key, number * 7);
            _map.Set(key, "value"u8, addsConflict: true);
            _map.Atomic(MutationKind.Add, key[..3], "12345678"u8, addsConflict: true);
            _map.Atomic(MutationKind.Max, key[..3], "12345678"u8, addsConflict: true);
        }
        _map.ClearRange("b"u8, "c"u8, addsConflict: false);
        _map.ClearRange("a"u8, "d"u8, addsConflict: true);
        _map.Evaluate(_map.Find(key[..3]), isPresent: true, "1"u8, out _);
        var cursor = _map.OpenCursor();
        cursor.SeekToFirst();
        while (cursor.MoveNext())
            _ = cursor.State;
        for (var mutations = _map.OpenMutations(); mutations.MoveNext();)
            _ = mutations.SizeBytes;
        _map.AddConflictsTo(ranges);
    }

    private string Mutations()
    {
        var text = new List<string>();
        for (var cursor = _map.OpenMutations(); cursor.MoveNext();)
            text.Add($"{cursor.Kind} {Text(cursor.Key)} {Text(cursor.Operand)}".TrimEnd());
        return string.Join(", ", text);
    }

    private string Conflicts()
    {
        var text = new List<string>();
        for (var cursor = _map.OpenConflicts(); cursor.MoveNext();)
            text.Add($"{Text(cursor.Begin)}-{Text(cursor.End)}");
        return string.Join(' ', text);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.ASCII.GetString(bytes);
}
