namespace FerrisDB.Tests.Resolver;

/// <summary>What a conflict set must answer: a list of all writes, and a look at each of them.</summary>
internal sealed class ConflictModel
{
    private readonly List<(byte[] Begin, byte[] End, long Version)> _writes = [];

    public void Add(byte[] begin, byte[] end, long version) => _writes.Add((begin, end, version));

    public bool IsWrittenAfter(byte[] begin, byte[] end, long version) => _writes.Exists(write =>
        write.Version > version && Compare(Later(begin, write.Begin), Earlier(end, write.End)) < 0);

    /// <summary>The keys at which anything may change: every end of a write.</summary>
    public IEnumerable<byte[]> Ends => _writes.SelectMany(write => new[] { write.Begin, write.End });

    private static byte[] Later(byte[] left, byte[] right) => Compare(left, right) > 0 ? left : right;

    private static byte[] Earlier(byte[] left, byte[] right) => Compare(left, right) < 0 ? left : right;

    private static int Compare(byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right);
}
