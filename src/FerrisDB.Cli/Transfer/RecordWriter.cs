namespace FerrisDB.Cli;

/// <summary>Writes entries as the records of a file that <c>import</c> reads back to the same bytes.</summary>
internal abstract class RecordWriter : IDisposable
{
    public static RecordWriter Open(RecordFormat format, Stream output) => format switch
    {
        RecordFormat.Jsonl => new JsonLinesWriter(output),
        RecordFormat.Csv => new DelimitedWriter(output, ','),
        _ => new DelimitedWriter(output, '\t'),
    };

    public abstract void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Hands all to the stream, which stays open.</summary>
    public abstract void Dispose();
}
