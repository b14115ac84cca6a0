namespace FerrisDB.Storage;

/// <summary>What a file of a database's folder is, told by its name: see <see cref="FileNames"/>.</summary>
internal enum FileKind
{
    /// <summary>A segment of the write-ahead log.</summary>
    Wal,

    /// <summary>An SSTable.</summary>
    Table,

    /// <summary>Large values that live apart from the tree.</summary>
    Blob,

    /// <summary>A log of changes of the TableSet.</summary>
    Manifest,

    /// <summary>Names the manifest that counts.</summary>
    Current,

    /// <summary>Carries the lock that keeps other processes out.</summary>
    Lock,

    /// <summary>A file that is not finished; recovery deletes it.</summary>
    Temporary,
}
