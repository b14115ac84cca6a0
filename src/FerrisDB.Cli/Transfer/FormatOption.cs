using System.CommandLine;

namespace FerrisDB.Cli;

/// <summary>The option that names a <see cref="RecordFormat"/>; a file's name may tell it too.</summary>
internal static class FormatOption
{
    public static Option<RecordFormat?> Create() => Choice.Of<RecordFormat>(
        "--format", "How the records are written. Left out: what the end of the file's name says; jsonl for -.");

    public static RecordFormat Resolve(RecordFormat? option, string file) =>
        option ?? Path.GetExtension(file).ToUpperInvariant() switch
        {
            _ when file == UserFiles.Standard => RecordFormat.Jsonl,
            ".JSONL" or ".NDJSON" => RecordFormat.Jsonl,
            ".CSV" => RecordFormat.Csv,
            ".TSV" => RecordFormat.Tsv,
            _ => throw new UsageException($"The name {file} does not tell the format: add --format csv, tsv or jsonl."),
        };
}
