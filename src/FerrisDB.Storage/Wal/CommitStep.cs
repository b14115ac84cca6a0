namespace FerrisDB.Storage;

/// <summary>What the owner of the append stage does when it has appended a group.</summary>
internal enum CommitStep
{
    /// <summary>Owns the sync stage as well, with a round of all that is appended.</summary>
    Sync,

    /// <summary>Somebody else syncs, and there is more to append.</summary>
    Append,

    /// <summary>Owns nothing any more.</summary>
    Leave,
}
