namespace FerrisDB;

/// <summary>The world failed in a way that a caller can react to: see <see cref="Code"/>.</summary>
public sealed class FerrisException : Exception
{
    /// <summary>Creates an error with a message that says what, where and what to do.</summary>
    public FerrisException(ErrorCode code, string message, Exception? innerException = null)
        : base(message, innerException) => Code = code;

    /// <summary>What went wrong.</summary>
    public ErrorCode Code { get; }

    /// <summary>
    /// Of a transaction that was not committed: what it had read and others have written, if it was asked to report
    /// that (<c>DatabaseOptions.ReportConflictingKeys</c>). Empty otherwise.
    /// </summary>
    public IReadOnlyList<KeyRange> ConflictingRanges { get; init; } = [];

    /// <summary>The damaged file, if this is about one.</summary>
    internal string? File { get; private init; }

    /// <summary>Where in <see cref="File"/>.</summary>
    internal long Offset { get; private init; }

    /// <summary>What is wrong there, without the advice.</summary>
    internal string Problem { get => field ?? Message; private init; }

    /// <summary>Content that differs from what was written, with its place.</summary>
    internal static FerrisException Corrupt(string file, long offset, string expected, string found) =>
        new(ErrorCode.FileCorrupt,
            $"{file} is damaged at offset {offset}: expected {expected}, found {found}. " +
            "Restore a checkpoint, or run `ferrisdb repair DB --plan` to see what can be saved.")
        {
            File = file,
            Offset = offset,
            Problem = $"expected {expected}, found {found}",
        };

    /// <summary>A file of a backup that differs from what was written, with its place.</summary>
    internal static FerrisException CorruptBackup(string file, long offset, string expected, string found) =>
        new(ErrorCode.FileCorrupt,
            $"{file} of the backup is damaged at offset {offset}: expected {expected}, found {found}. "
                + "`ferrisdb backup verify` says which backups are whole.")
        {
            File = file,
            Offset = offset,
            Problem = $"expected {expected}, found {found}",
        };
}
