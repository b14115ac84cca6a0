namespace FerrisDB.Storage;

/// <summary>A range that the same range tombstones cover from its first key to its last. Immutable.</summary>
/// <param name="begin">The first key.</param>
/// <param name="end">The first key behind it.</param>
/// <param name="versions">The versions of the tombstones, newest first, each once; at least one.</param>
internal sealed class RangeTombstoneFragment(byte[] begin, byte[] end, long[] versions)
{
    // Two array headers, one object, and the slot in the set's array.
    private const int OverheadBytes = 112;

    public byte[] Begin { get; } = begin;

    public byte[] End { get; } = end;

    public long[] Versions { get; } = versions;

    public long NewestVersion => Versions[0];

    public long OldestVersion => Versions[^1];

    /// <summary>About the memory that it occupies.</summary>
    public long SizeBytes => OverheadBytes + Begin.Length + End.Length + ((long)sizeof(long) * Versions.Length);

    /// <summary>The newest of its versions at or below a version, or 0 if all are newer.</summary>
    public long NewestAtOrBelow(long version)
    {
        var versions = Versions;
        if (versions[0] <= version)
            return versions[0];
        var low = 1;
        var high = versions.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (versions[middle] <= version)
                high = middle;
            else
                low = middle + 1;
        }
        return low < versions.Length ? versions[low] : 0;
    }

    /// <summary>This fragment's versions, cut to another range.</summary>
    public RangeTombstoneFragment WithRange(byte[] begin, byte[] end) => new(begin, end, Versions);

    /// <summary>This fragment with one version more (or itself if it has that version).</summary>
    public RangeTombstoneFragment WithVersion(long version)
    {
        var index = 0;
        while (index < Versions.Length && Versions[index] > version)
            index++;
        if (index < Versions.Length && Versions[index] == version)
            return this;
        var versions = new long[Versions.Length + 1];
        Versions.AsSpan(0, index).CopyTo(versions);
        versions[index] = version;
        Versions.AsSpan(index).CopyTo(versions.AsSpan(index + 1));
        return new RangeTombstoneFragment(Begin, End, versions);
    }
}
