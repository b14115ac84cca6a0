using System.Diagnostics;

namespace FerrisDB.Storage;

/// <summary>One table file in use: its metadata, and a count of who still needs the file.</summary>
/// <remarks>The level is not part of it, because a table moves down without being rewritten.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class TableHandle(TableMetadata metadata, Action<TableHandle>? deleteFile = null)
    : FileHandle, IReaderPlace<SSTableReader>
{
    private volatile SSTableReader? _reader;

    public TableMetadata Metadata { get; } = metadata;

    public long FileNumber => Metadata.FileNumber;

    public KeyRange Span => Metadata.Span;

    /// <summary>The open table, or null. Belongs to the <see cref="TableCache"/>, which alone writes it.</summary>
    public SSTableReader? Reader
    {
        get => _reader;
        set => _reader = value;
    }

    public override string ToString() => $"{FileNumber}.sst";

    protected override void DeleteFile() => deleteFile?.Invoke(this);
}
