namespace FerrisDB.Cli;

/// <summary>How the records of a file are written.</summary>
internal enum RecordFormat
{
    /// <summary>One JSON object on each line.</summary>
    Jsonl,

    /// <summary>Fields separated by commas, with a header.</summary>
    Csv,

    /// <summary>Fields separated by tabs, with a header.</summary>
    Tsv,
}
