namespace FerrisDB.Storage;

/// <summary>What <see cref="OpenFiles{THandle, TReader}"/> must know of an open file.</summary>
internal interface IOpenFile : IRetirable
{
    /// <summary>Set by each use, cleared when a file to close is looked for.</summary>
    bool WasUsed { get; set; }

    /// <summary>Bytes that it occupies outside the block cache.</summary>
    long MemoryBytes { get; }
}
