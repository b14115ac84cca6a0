namespace FerrisDB.Storage;

/// <summary>What a verification has found in a folder.</summary>
public sealed record VerifyReport
{
    /// <summary>The folder that was verified.</summary>
    public required string Folder { get; init; }

    /// <summary>Everything that is not as it should be, by file and offset.</summary>
    public required IReadOnlyList<VerifyFinding> Findings { get; init; }

    /// <summary>Files that were read.</summary>
    public required int FileCount { get; init; }

    /// <summary>Bytes of those files.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Point entries in readable tables: all versions, tombstones too.</summary>
    public required long TableEntries { get; init; }

    /// <summary>Commits that an open would replay from the log.</summary>
    public required long LogRecords { get; init; }

    /// <summary>The newest version found.</summary>
    public required long LastVersion { get; init; }

    /// <summary>Where and why the log ends, for people.</summary>
    public required string LogEnd { get; init; }

    /// <summary>What the manifest has to tell for good, such as an earlier repair with loss.</summary>
    public required IReadOnlyList<string> Marks { get; init; }

    /// <summary>
    /// True if nothing is damaged. There may be findings that are none: what a crash leaves, for example.
    /// </summary>
    public bool IsSound => Findings.All(finding => !finding.IsDamage);
}

/// <summary>One thing that is not as it should be.</summary>
/// <param name="File">Name of the file in the folder.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Problem">What was expected, and what was found.</param>
/// <param name="IsDamage">False for what does no harm: leftovers of a crash that the next open removes.</param>
public sealed record VerifyFinding(string File, long Offset, string Problem, bool IsDamage = true)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File} at {Offset}: {Problem}";

    internal static VerifyFinding From(FerrisException error, string file) =>
        new(Path.GetFileName(error.File) ?? file, error.Offset, error.Problem);
}

/// <summary>How far a verification has come.</summary>
/// <param name="File">Name of the file that is being read.</param>
/// <param name="BytesRead">Bytes read so far, of all files.</param>
/// <param name="BytesTotal">Bytes of all files.</param>
public readonly record struct VerifyProgress(string File, long BytesRead, long BytesTotal);
