namespace FerrisDB.Transactions;

/// <summary>What a frame says. The numbers are part of the protocol.</summary>
internal enum MessageType : byte
{
    /// <summary>Are you there? Either side may ask.</summary>
    Ping = 1,

    /// <summary>I am. A server adds the newest version that it knows.</summary>
    Pong = 2,

    /// <summary>What was asked for under this id is not wanted any more. Has no answer.</summary>
    Cancel = 3,

    /// <summary>The answer to a request that failed: an error code and its message.</summary>
    Error = 4,

    /// <summary>To the GrvProxy: at which version may I read?</summary>
    GetReadVersion = 16,

    /// <summary>At this one.</summary>
    ReadVersion = 17,

    /// <summary>To the StorageServer: the value of a key at a version.</summary>
    Get = 32,

    /// <summary>The value, or that there is none.</summary>
    Value = 33,

    /// <summary>To the StorageServer: rows of a range at a version.</summary>
    GetRange = 34,

    /// <summary>Some of them.</summary>
    Rows = 35,

    /// <summary>To the StorageServer: tell me when a key has another value than this one.</summary>
    Watch = 36,

    /// <summary>It has.</summary>
    Changed = 37,

    /// <summary>To the StorageServer: about how large is a range?</summary>
    EstimateSize = 38,

    /// <summary>About so large.</summary>
    Size = 39,

    /// <summary>To the StorageServer: keys that cut a range into pieces of a size.</summary>
    GetSplitPoints = 40,

    /// <summary>These.</summary>
    SplitPoints = 41,

    /// <summary>To the StorageServer: all rows of a range, at the newest version.</summary>
    StreamBegin = 42,

    /// <summary>They can be had, at this version.</summary>
    StreamBegun = 43,

    /// <summary>To the StorageServer: the next rows of that.</summary>
    StreamNext = 44,

    /// <summary>These.</summary>
    StreamRows = 45,

    /// <summary>To the StorageServer: no more of that is wanted.</summary>
    StreamEnd = 46,

    /// <summary>It has ended.</summary>
    StreamEnded = 47,

    /// <summary>To the CommitProxy: a transaction.</summary>
    Commit = 48,

    /// <summary>What became of it.</summary>
    Decision = 49,

    /// <summary>To the Backup: hold the files of the database as they are now.</summary>
    BackupBegin = 64,

    /// <summary>These are held.</summary>
    BackupBegun = 65,

    /// <summary>To the Backup: make sure that a file is not damaged, and hash it.</summary>
    BackupHash = 66,

    /// <summary>Its SHA-256.</summary>
    BackupHashed = 67,

    /// <summary>To the Backup: the next bytes of a file.</summary>
    BackupRead = 68,

    /// <summary>These.</summary>
    BackupContent = 69,

    /// <summary>To the Backup: let the log go, or all.</summary>
    BackupEnd = 70,

    /// <summary>It is let go.</summary>
    BackupEnded = 71,

    /// <summary>To the Load: rows will come that are to become tables.</summary>
    LoadBegin = 96,

    /// <summary>They may.</summary>
    LoadBegun = 97,

    /// <summary>To the Load: the next rows.</summary>
    LoadRows = 98,

    /// <summary>So many have been taken so far.</summary>
    LoadTaken = 99,

    /// <summary>To the Load: these were all, let everybody see them.</summary>
    LoadEnd = 100,

    /// <summary>Everybody does, at this version.</summary>
    Loaded = 101,

    /// <summary>To the process as a whole: how is it?</summary>
    GetReport = 80,

    /// <summary>So, as a document.</summary>
    Report = 81,

    /// <summary>To the process as a whole: do this.</summary>
    Order = 82,

    /// <summary>It is done, or begun.</summary>
    Ordered = 83,
}
