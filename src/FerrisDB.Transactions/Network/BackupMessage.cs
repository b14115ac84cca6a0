using System.Text;

namespace FerrisDB.Transactions;

// BackupBegin:  what (1): 0 all; 1 all, and the     BackupBegun:    taken at, in ms since 1970 (8)
//               log stays held; 2 the log alone                     | 0, or 1 and version, since, per second (8 each)
//                                                                   | first version (8) | last version (8)
//               | of 1 and 2: segment (8)                           | 0, or 1 and files of the earlier log
//               | offset (8) | version (8)                          | files of the log | tables
// BackupHash:   index of the file                   BackupHashed:   SHA-256 (32)
// BackupRead:   index of the file | offset (8)      BackupContent:  bytes of it
// BackupEnd:    what (1): 0 the files that are      BackupEnded:    nothing
//               held; 1 those of the log alone;
//               2 also what 1 and 2 above hold
//
// Files: their count, of each the name, the length (8), and the stamp as text, empty if it has none. The index counts
// the earlier log first, then the log, then tables. A file is read from its first byte to its last, one at a time. If
// the log does not reach back to where 2 asks for it, no file is held; the segment 0 of 1 asks for no earlier log.

/// <summary>How a backup is asked for from far away, and how its files travel.</summary>
internal static class BackupMessage
{
    private const int FileBytesMin = 1 + sizeof(long) + 1;

    public static void WriteBegun(MessageWriter writer, BackupOrigin origin)
    {
        var moment = origin.Moment;
        writer.WriteInt64(moment.TakenAt.ToUnixTimeMilliseconds());
        writer.WriteByte(moment.Clock is null ? (byte)0 : (byte)1);
        if (moment.Clock is { } clock)
        {
            writer.WriteInt64(clock.Version);
            writer.WriteInt64(clock.Since);
            writer.WriteInt64(clock.PerSecond);
        }
        writer.WriteInt64(moment.FirstVersion);
        writer.WriteInt64(moment.LastVersion);
        writer.WriteByte(origin.Earlier is null ? (byte)0 : (byte)1);
        if (origin.Earlier is not null)
            WriteFiles(writer, origin.Earlier);
        WriteFiles(writer, origin.Log);
        WriteFiles(writer, origin.Tables);
    }

    public static BackupMoment ReadMoment(ref MessageReader reader)
    {
        var takenAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.ReadInt64());
        BackupClock? clock = reader.ReadFlag()
            ? new BackupClock(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64())
            : null;
        return new BackupMoment(takenAt, clock, reader.ReadInt64(), reader.ReadInt64());
    }

    /// <summary>Reads files, as those of another process; they are numbered from an index on.</summary>
    public static List<BackupSource> ReadFiles(ref MessageReader reader, int firstIndex, BackupQuestions questions)
    {
        var count = reader.ReadCount(FileBytesMin);
        var files = new List<BackupSource>(count);
        for (var index = 0; index < count; index++)
        {
            var name = Encoding.UTF8.GetString(reader.ReadBytes());
            var sizeBytes = reader.ReadInt64();
            var stamp = Encoding.UTF8.GetString(reader.ReadBytes());
            if (!FileNames.TryParse(name, out _, out _) || sizeBytes < 0)
                throw new ProtocolException($"A backup has a file '{name}' of {sizeBytes} bytes.");
            files.Add(new RemoteBackupSource(
                questions, firstIndex + index, name, sizeBytes,
                FileStamp.TryParse(stamp, out var known) ? known : null));
        }
        return files;
    }

    public static byte[] FileQuestion(int index, long? offset)
    {
        var writer = new MessageWriter();
        writer.WriteNumber(index);
        if (offset is { } at)
            writer.WriteInt64(at);
        return writer.Written.ToArray();
    }

    public static byte[] BeginQuestion(BackupScope scope, LogPlace from = default)
    {
        var writer = new MessageWriter();
        writer.WriteByte((byte)scope);
        if (scope != BackupScope.All)
        {
            writer.WriteInt64(from.Segment);
            writer.WriteInt64(from.Offset);
            writer.WriteInt64(from.Version);
        }
        return writer.Written.ToArray();
    }

    public static BackupScope ReadBegin(ReadOnlySpan<byte> payload, out LogPlace from)
    {
        var reader = new MessageReader(payload);
        var scope = (BackupScope)reader.ReadByte();
        from = scope != BackupScope.All
            ? new LogPlace(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64())
            : default;
        reader.End();
        return scope <= BackupScope.Log ? scope : throw new ProtocolException($"There is no backup of {scope}.");
    }

    public static byte[] EndQuestion(BackupEnding ending) => [(byte)ending];

    public static BackupEnding ReadEnd(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var ending = (BackupEnding)reader.ReadByte();
        reader.End();
        return ending;
    }

    private static void WriteFiles(MessageWriter writer, IReadOnlyList<BackupSource> files)
    {
        writer.WriteNumber(files.Count);
        foreach (var file in files)
        {
            writer.WriteBytes(Encoding.UTF8.GetBytes(file.Name));
            writer.WriteInt64(file.SizeBytes);
            writer.WriteBytes(Encoding.UTF8.GetBytes(file.Stamp?.ToString() ?? ""));
        }
    }
}
