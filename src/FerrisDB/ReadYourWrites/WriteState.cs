namespace FerrisDB;

/// <summary>
/// What the writes of a transaction say of a key. Later writes do not change it: it is what a read that began now sees.
/// </summary>
/// <param name="Kind">What a read has to do.</param>
/// <param name="Operation">The newest operation on the key, for <see cref="WriteMap"/> alone.</param>
internal readonly record struct WriteState(WriteStateKind Kind, int Operation)
{
    public static readonly WriteState Unmodified = new(WriteStateKind.Unmodified, WriteEntry.NoOperation);
    public static readonly WriteState Absent = new(WriteStateKind.Absent, WriteEntry.NoOperation);
    public static readonly WriteState Unreadable = new(WriteStateKind.Unreadable, WriteEntry.NoOperation);

    /// <summary>Whether the database must be asked, and the read can therefore conflict.</summary>
    public bool NeedsDatabase => Kind is WriteStateKind.Unmodified or WriteStateKind.Dependent;
}
