namespace FerrisDB;

/// <summary>What a read of a key, or of a segment of keys, has to do because of the transaction's own writes.</summary>
internal enum WriteStateKind
{
    /// <summary>Ask the database; the read conflicts with those who write there.</summary>
    Unmodified,

    /// <summary>Show nothing: it was cleared. The database need not be asked, the read conflicts with nobody.</summary>
    Absent,

    /// <summary>Show the value that was set. The database need not be asked, the read conflicts with nobody.</summary>
    Value,

    /// <summary>Ask the database and evaluate atomic operations on its answer; the read conflicts.</summary>
    Dependent,

    /// <summary>Fail with <see cref="ErrorCode.AccessedUnreadable"/>: only the commit knows.</summary>
    Unreadable,
}
