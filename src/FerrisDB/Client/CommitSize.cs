namespace FerrisDB;

/// <summary>Bytes of a commit as FoundationDB counts them against its limit.</summary>
internal static class CommitSize
{
    private const int MutationOverheadBytes = 28;
    private const int RangeOverheadBytes = 24;

    public static long Of(CommitTransaction commit)
    {
        var size = OfRanges(commit.Reads) + OfRanges(commit.Writes);
        for (var index = 0; index < commit.Mutations.Count; index++)
        {
            var mutation = commit.Mutations[index];
            size += MutationOverheadBytes + mutation.Key.Length + mutation.Operand.Length;
        }
        return size;
    }

    public static long OfRanges(ConflictRanges ranges)
    {
        var size = 0L;
        foreach (var range in ranges)
            size += RangeOverheadBytes + range.Begin.Length + range.End.Length;
        return size;
    }
}
