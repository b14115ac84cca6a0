using System.Globalization;
using System.Text;

namespace FerrisDB.Storage;

/// <summary>Shows a manifest to people: its layout, every edit in words, and the bytes behind them.</summary>
internal static class ManifestInspector
{
    private const int BytesPerLine = 16;

    /// <summary>
    /// Writes the whole file out, up to the first damage, which is described where it lies. Returns false if there is
    /// any.
    /// </summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="content">All of it.</param>
    /// <param name="number">The N of MANIFEST-N.</param>
    /// <param name="output">Where to write.</param>
    /// <param name="withBytes">Also shows the bytes of each part.</param>
    public static bool Inspect(string path, byte[] content, long number, TextWriter output, bool withBytes)
    {
        output.WriteLine($"{path}: a manifest of {content.Length} bytes");
        try
        {
            var reader = new ManifestReader(path, content, number);
            WriteHeader(content, number, output, withBytes);
            var state = new ManifestState { ManifestNumber = number };
            while (reader.TryNext(out var record))
                WriteRecord(path, content, record, state, output, withBytes);
            WriteEnd(content, reader, output, withBytes);
            WriteState(state, output);
            return true;
        }
        catch (FerrisException damage)
        {
            output.WriteLine($"damage: {damage.Message}");
            return false;
        }
    }

    private static void WriteHeader(byte[] content, long number, TextWriter output, bool withBytes)
    {
        output.WriteLine($"{0,8}  header: format version {ManifestFormat.Version}, number {number}");
        if (!withBytes)
            return;
        WriteBytes(content, 0, 8, "magic FERRISMF", output);
        WriteBytes(content, 8, 4, $"format version {ManifestFormat.Version}", output);
        WriteBytes(content, 12, 4, "zero", output);
        WriteBytes(content, 16, 8, $"number {number}", output);
        WriteBytes(content, 24, 4, "zero", output);
        WriteBytes(content, 28, 4, "checksum of the header", output);
    }

    private static void WriteRecord(
        string path, byte[] content, ManifestRecord record, ManifestState state, TextWriter output, bool withBytes)
    {
        var what = record.Sequence == 0 ? "snapshot" : $"edit {record.Sequence}";
        output.WriteLine($"{record.Offset,8}  {what}, {record.SizeBytes} bytes");
        foreach (var line in Describe(record.Edit))
            output.WriteLine($"          {line}");
        if (withBytes)
        {
            WriteRecordHeader(content, (int)record.Offset, record.Sequence, output);
            WritePayload(path, content, record, output);
        }
        if (state.Refuse(record.Edit) is { } reason)
            throw FerrisException.Corrupt(path, record.Offset, "an edit that fits those before", reason);
        state.Apply(record.Edit);
    }

    private static void WriteEnd(byte[] content, ManifestReader reader, TextWriter output, bool withBytes)
    {
        var (text, size) = reader.Ending switch
        {
            ManifestEnding.EndMark => ("end mark: all before it was acknowledged", ManifestFormat.RecordHeaderSize),
            ManifestEnding.Bare => ("end, without a mark: power was lost before it reached the disk", 0),
            _ => ("a torn append, ignored: it was never acknowledged", content.Length - (int)reader.Offset),
        };
        output.WriteLine($"{reader.Offset,8}  {text}");
        if (withBytes && reader.Ending == ManifestEnding.EndMark)
            WriteRecordHeader(content, (int)reader.Offset, sequence: null, output);
        else if (withBytes && size > 0)
            WriteBytes(content, (int)reader.Offset, size, "torn", output);
    }

    private static void WriteRecordHeader(byte[] content, int offset, long? sequence, TextWriter output)
    {
        WriteBytes(content, offset, 4, "checksum of what follows", output);
        WriteBytes(
            content, offset + 4, 4, sequence is null ? "length 0: the end mark" : "length of the payload", output);
        WriteBytes(content, offset + 8, 8, sequence is null ? "sequence" : $"sequence {sequence}", output);
    }

    private static void WritePayload(string path, byte[] content, ManifestRecord record, TextWriter output)
    {
        var offset = (int)record.Offset + ManifestFormat.RecordHeaderSize;
        var payload = content.AsSpan(offset, record.SizeBytes - ManifestFormat.RecordHeaderSize);
        var parts = new List<ManifestPart>();
        _ = new ManifestEditDecoder(payload, path, offset, parts).Decode();
        foreach (var part in parts)
        {
            var meaning = part.Meaning == "field" ? $"field: {(ManifestField)content[part.Offset]}" : part.Meaning;
            WriteBytes(content, (int)part.Offset, part.Count, meaning, output);
        }
    }

    private static void WriteState(ManifestState state, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"In all: created by {state.CreatedBy}; keys up to {state.Limits.KeyBytes} bytes, "
            + $"values up to {state.Limits.ValueBytes} bytes");
        output.WriteLine($"        next file {state.NextFileNumber}, durable up to version {state.DurableVersion}, "
            + $"last version at least {state.LastVersion}, readable from version {state.Floor}");
        if (state.NewestSegment.Number > 0)
            output.WriteLine($"        log up to {FileNames.Wal(state.NewestSegment.Number)}, of "
                + $"{state.NewestSegment.SizeBytes} bytes at least");
        foreach (var mark in state.Marks)
            output.WriteLine($"        mark: {mark}");
        for (var level = 0; level < TableSet.LevelCount; level++)
        {
            var tables = state.Tables.Where(table => table.Level == level).ToList();
            if (tables.Count > 0)
            {
                var bytes = ByteCount.Format(tables.Sum(table => table.Metadata.SizeBytes));
                output.WriteLine($"        L{level}: {tables.Count} tables, {bytes}");
            }
        }
        if (state.Blobs.Count > 0)
        {
            var bytes = ByteCount.Format(state.Blobs.Sum(blob => blob.SizeBytes));
            output.WriteLine($"        {state.Blobs.Count} blobs, {bytes}");
        }
    }

    private static IEnumerable<string> Describe(ManifestEdit edit)
    {
        if (edit.NextFileNumber is { } nextFileNumber)
            yield return $"next file {nextFileNumber}";
        if (edit.DurableVersion is { } durableVersion)
            yield return $"durable up to version {durableVersion}";
        if (edit.LastVersion is { } lastVersion)
            yield return $"last version at least {lastVersion}";
        if (edit.Floor is { } floor)
            yield return $"readable from version {floor}";
        if (edit.NewestSegment is { Number: > 0 } segment)
            yield return $"log up to {FileNames.Wal(segment.Number)}, of {segment.SizeBytes} bytes at least";
        if (edit.NewestSegment is { Number: 0 })
            yield return "no log";
        if (edit.Limits is { } limits)
            yield return $"keys up to {limits.KeyBytes} bytes, values up to {limits.ValueBytes} bytes";
        if (edit.CreatedBy is { } createdBy)
            yield return $"created by {createdBy}";
        foreach (var mark in edit.Marks)
            yield return $"mark: {mark}";
        foreach (var place in edit.RemovedTables)
            yield return $"- L{place.Level} {FileNames.Table(place.FileNumber)}";
        foreach (var (level, table) in edit.AddedTables)
            yield return $"+ L{level} {Describe(table)}";
        foreach (var number in edit.RemovedBlobs)
            yield return $"- {FileNames.Blob(number)}";
        foreach (var blob in edit.AddedBlobs)
            yield return $"+ {FileNames.Blob(blob.FileNumber)} {ByteCount.Format(blob.SizeBytes)}, "
                + $"{blob.RecordCount} records";
    }

    private static string Describe(TableMetadata table)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture, $"{FileNames.Table(table.FileNumber)} [{KeyText.Of(table.Span.Begin)}")
            .Append(
                CultureInfo.InvariantCulture, $" .. {KeyText.Of(table.Span.End)}) {ByteCount.Format(table.SizeBytes)}")
            .Append(CultureInfo.InvariantCulture, $", versions {table.OldestVersion}-{table.NewestVersion}")
            .Append(CultureInfo.InvariantCulture, $", {table.EntryCount} entries");
        if (table.TombstoneCount > 0)
            text.Append(CultureInfo.InvariantCulture, $", {table.TombstoneCount} tombstones");
        if (table.OlderVersionCount > 0)
            text.Append(CultureInfo.InvariantCulture, $", {table.OlderVersionCount} older versions");
        if (table.RangeTombstoneCount > 0)
            text.Append(CultureInfo.InvariantCulture, $", {table.RangeTombstoneCount} range tombstones");
        if (table.GlobalVersion > 0)
            text.Append(CultureInfo.InvariantCulture, $", ingested at version {table.GlobalVersion}");
        foreach (var use in table.BlobUses)
            text.Append(CultureInfo.InvariantCulture, $", {use.Records} values in {FileNames.Blob(use.FileNumber)}");
        return text.ToString();
    }

    // Offset, bytes, meaning; the meaning stands behind the first line alone.
    private static void WriteBytes(byte[] content, int offset, int count, string meaning, TextWriter output)
    {
        for (var done = 0; done < count; done += BytesPerLine)
        {
            var line = content.AsSpan(offset + done, Math.Min(BytesPerLine, count - done));
            var hex = new StringBuilder();
            foreach (var value in line)
                hex.Append(value.ToString("x2", CultureInfo.InvariantCulture)).Append(' ');
            var text = done == 0 ? meaning : "";
            output.WriteLine(
                $"            {offset + done:x6}  {hex.ToString().PadRight(3 * BytesPerLine)} {text}".TrimEnd());
        }
    }
}
