namespace FerrisDB.Cli;

/// <summary>All entries of a range of a server, of one version, as fast as they come.</summary>
internal sealed class StreamedEntries(RangeReader stream) : IEntries
{
    public ReadOnlySpan<byte> Key => stream.Key;

    public ReadOnlySpan<byte> Value => stream.Value;

    public long Version => stream.Version;

    public bool HasMore => false;

    public static StreamedEntries Open(DatabaseSession session, KeyRange range) =>
        new(Blocking.Wait(session.Database.OpenRangeAsync(range)));

    public bool Next() => Blocking.Wait(stream.ReadAsync());

    public void Dispose() => Blocking.Wait(stream.DisposeAsync());
}
