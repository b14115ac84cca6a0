using System.Buffers;

namespace FerrisDB.Cli;

/// <summary>Reads the records of a file one by one as keys and values.</summary>
internal abstract class RecordReader : IDisposable
{
    /// <summary>The key of the record; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Key => KeyBuffer.WrittenSpan;

    /// <summary>The value of the record; valid until the next is read.</summary>
    public ReadOnlySpan<byte> Value => ValueBuffer.WrittenSpan;

    /// <summary>The line that the record begins on, from 1.</summary>
    public abstract long Line { get; }

    /// <summary>Bytes of the input so far.</summary>
    public abstract long BytesRead { get; }

    protected ArrayBufferWriter<byte> KeyBuffer { get; } = new(256);

    protected ArrayBufferWriter<byte> ValueBuffer { get; } = new(4096);

    /// <summary>Opens a reader over a stream, which it owns.</summary>
    public static RecordReader Open(RecordFormat format, Stream input, RecordFields fields, bool hasQuotes) =>
        format switch
        {
            RecordFormat.Jsonl => new JsonLinesReader(input, fields),
            RecordFormat.Csv => new DelimitedReader(input, ',', fields, hasQuotes),
            _ => new DelimitedReader(input, '\t', fields, hasQuotes),
        };

    /// <summary>Reads the next record; returns false if there is none.</summary>
    /// <exception cref="MalformedRecordException">The record is wrong. The one behind it can be read.</exception>
    public abstract bool Read();

    public abstract void Dispose();
}
