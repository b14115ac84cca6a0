namespace FerrisDB.Storage;

/// <summary>
/// Finds the entry of a key that a reader at a version sees: newest run first, stop at the first answer.
/// </summary>
/// <remarks>
/// Runs are ordered by age: whatever a newer run says of a key is newer than what any older run says. So the first run
/// that has an entry at or below the version, or a range tombstone over it, decides. Call inside an epoch (or with the
/// view held); the value is valid until it is left.
/// </remarks>
internal static class PointLookup
{
    private enum Answer
    {
        Unknown,
        Present,
        Absent,
    }

    public static bool TryGet(
        ReadView view, TableCache tables, ReadOnlySpan<byte> key, long version, out ReadOnlySpan<byte> value)
    {
        var answer = InMemTable(view.Active, key, version, out value);
        foreach (var memTable in view.Sealed)
        {
            if (answer != Answer.Unknown)
                break;
            answer = InMemTable(memTable, key, version, out value);
        }
        if (answer == Answer.Unknown)
            answer = InTables(view.Tables, tables, key, version, out value);
        return answer == Answer.Present;
    }

    private static Answer InMemTable(
        MemTable memTable, ReadOnlySpan<byte> key, long version, out ReadOnlySpan<byte> value)
    {
        // As in a cursor: what is published at or below the version has been counted before.
        if (memTable.IsEmpty)
        {
            value = default;
            return Answer.Unknown;
        }
        var rangeTombstones = memTable.RangeTombstones;
        var hiddenBelow = rangeTombstones.IsEmpty ? 0 : rangeTombstones.NewestCovering(key, version);
        if (memTable.TryGet(key, version, out var tag, out value) && tag.Version >= hiddenBelow)
            return tag.Kind == EntryKind.Value ? Answer.Present : Answer.Absent;
        return hiddenBelow > 0 ? Answer.Absent : Answer.Unknown;
    }

    private static Answer InTables(
        TableSet set, TableCache tables, ReadOnlySpan<byte> key, long version, out ReadOnlySpan<byte> value)
    {
        var hash = KeyHash.Of(key);
        var prefix = InternalKey.PrefixOf(key);
        var young = set.Young;
        for (var index = 0; index < young.Tables.Length; index++)
        {
            if (!young.Contains(index, key, prefix))
                continue;
            var answer = InTable(set, young.Tables[index], tables, key, hash, version, out value);
            if (answer != Answer.Unknown)
                return answer;
        }
        foreach (var level in set.Occupied)
        {
            var table = level.Find(key, prefix);
            if (table is null)
                continue;
            var answer = InTable(set, table, tables, key, hash, version, out value);
            if (answer != Answer.Unknown)
                return answer;
        }
        value = default;
        return Answer.Unknown;
    }

    private static Answer InTable(
        TableSet set, TableHandle table, TableCache tables, ReadOnlySpan<byte> key, ulong hash, long version,
        out ReadOnlySpan<byte> value)
    {
        var reader = tables.Get(table);
        var hiddenBelow = table.Metadata.RangeTombstoneCount == 0
            ? 0
            : reader.RangeTombstones.NewestCovering(key, version);
        if (reader.TryGet(key, hash, version, out var tag, out value) && tag.Version >= hiddenBelow)
        {
            if (tag.Kind == EntryKind.BlobReference)
                value = tables.Blobs.Fetch(set.Blobs, key, tag.Version, value);
            return tag.Kind == EntryKind.Tombstone ? Answer.Absent : Answer.Present;
        }
        return hiddenBelow > 0 ? Answer.Absent : Answer.Unknown;
    }
}
