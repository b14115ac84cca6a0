namespace FerrisDB.Storage;

/// <summary>What a caller with a new commit does.</summary>
internal enum CommitTurn
{
    /// <summary>Others will do it.</summary>
    Wait,

    /// <summary>Owns the append stage, and nobody else is there.</summary>
    LeadAlone,

    /// <summary>Owns the append stage.</summary>
    Lead,

    /// <summary>Owns the append stage; its own commit waits behind those of others.</summary>
    LeadOthers,

    /// <summary>No more commits are taken.</summary>
    Refused,
}
