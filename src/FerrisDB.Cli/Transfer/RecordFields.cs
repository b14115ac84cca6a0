namespace FerrisDB.Cli;

/// <summary>Which fields of a record become the key and the value.</summary>
/// <param name="Keys">Joined with '/'.</param>
/// <param name="Value">The field whose text is the value; null takes the rest of the record as JSON.</param>
/// <param name="IsWholeRecord">The rest includes the fields of the key.</param>
/// <param name="IsExport">The file was made by <c>export</c>: bytes that are no text are written as escapes.</param>
internal sealed record RecordFields(IReadOnlyList<string> Keys, string? Value, bool IsWholeRecord, bool IsExport)
{
    /// <summary>The fields of a file that <c>export</c> wrote.</summary>
    public static RecordFields OfExport { get; } = new(["key"], "value", IsWholeRecord: false, IsExport: true);
}
