namespace FerrisDB.Transactions;

/// <summary>Answers what is asked of the storage server.</summary>
/// <remarks>For one thread at a time.</remarks>
internal sealed class ReadAnswers(RoleServer server, AccessGrant access)
{
    private const int RowOverheadBytes = 24;
    private const int SplitPointsMax = 10_000;

    private readonly StorageServer _storage = server.Roles.Storage;

    /// <summary>Rows that ranges were answered with since somebody took the number.</summary>
    public long Rows { get; set; }

    /// <summary>False if the version is not there yet.</summary>
    public bool TryAnswer(FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer)
    {
        writer.BeginFrame();
        try
        {
            var isAnswered = header.Type == MessageType.Get
                ? TryAnswerGet(header, payload, writer)
                : TryAnswerRange(header, payload, writer);
            if (!isAnswered)
                writer.AbandonFrame();
            return isAnswered;
        }
        catch (FerrisException)
        {
            writer.AbandonFrame();
            throw;
        }
    }

    /// <summary>Answers how large a range is, or where its pieces begin.</summary>
    public void AnswerSize(FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer)
    {
        var reader = new MessageReader(payload);
        var engine = server.Roles.Engine;
        if (header.Type == MessageType.EstimateSize)
        {
            var size = engine.EstimateSizeBytes(StorageMessage.ReadRange(ref reader, server.Limits, access));
            writer.BeginFrame();
            writer.WriteInt64(size);
            writer.EndFrame(MessageType.Size, header.Endpoint, header.RequestId);
            return;
        }
        var chunkBytes = reader.ReadInt64();
        var range = StorageMessage.ReadRange(ref reader, server.Limits, access);
        // Not more pieces than fit into an answer, however small they are to be.
        var chunkBytesMin = Math.Max(engine.EstimateSizeBytes(range) / SplitPointsMax, 1);
        var points = engine.GetSplitPoints(range, Math.Max(chunkBytes, chunkBytesMin));
        writer.BeginFrame();
        StorageMessage.WriteKeys(writer, points);
        writer.EndFrame(MessageType.SplitPoints, header.Endpoint, header.RequestId);
    }

    private bool TryAnswerGet(FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer)
    {
        var key = StorageMessage.ReadGet(payload, out var version);
        if (version > _storage.LastVersion)
            return false;
        server.Limits.CheckNamed(key);
        if (access.IsNameOfTenant(key))
            access.CheckTenant(TenantKeys.Number(_storage.Get(key, version, isHeld: false), TenantKeys.NoTenant));
        else
            access.CheckRead(key);
        writer.WriteByte(1);
        if (!_storage.TryRead(key, version, isHeld: false, writer))
            writer.SetByte(0, 0);
        writer.EndFrame(MessageType.Value, header.Endpoint, header.RequestId);
        return true;
    }

    private bool TryAnswerRange(FrameHeader header, ReadOnlySpan<byte> payload, MessageWriter writer)
    {
        var question = StorageMessage.ReadGetRange(payload, out var begin, out var end);
        if (question.Version > _storage.LastVersion)
            return false;
        server.Limits.CheckRange(begin, end);
        var isCut = access.Cut(ref begin, ref end, question.Reverse);
        writer.WriteByte(0);
        if (WriteRows(question, begin, end, writer))
            writer.SetByte(0, 1);
        else if (isCut)
            EndCut(question.Reverse ? end : begin, writer);
        writer.EndFrame(MessageType.Rows, header.Endpoint, header.RequestId);
        return true;
    }

    // There is more, where the reader may not look: it is told when nothing is left before that.
    private void EndCut(ReadOnlySpan<byte> from, MessageWriter writer)
    {
        if (writer.PayloadLength == 1)
            throw access.LeftBehind(from);
        writer.SetByte(0, 1);
    }

    private bool WriteRows(
        in RangeQuestion question, ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, MessageWriter writer)
    {
        if (begin.SequenceEqual(end))
            return false;
        var options = new CursorOptions
        {
            LowerBound = question.Reverse ? begin.ToArray() : null,
            UpperBound = question.Reverse ? null : end.ToArray(),
            KeysOnly = question.KeysOnly,
        };
        using var cursor = _storage.OpenCursor(question.Version, isHeld: false, options);
        var found = question.Reverse ? cursor.SeekBefore(end) : cursor.Seek(begin);
        var target = Math.Min(question.TargetBytes, ProtocolFormat.RangeBytesMax);
        var bytes = 0L;
        for (var count = 1; found; count++)
        {
            var key = cursor.Key;
            var value = question.KeysOnly ? default : cursor.Value;
            writer.WriteBytes(key);
            writer.WriteBytes(value);
            bytes += RowOverheadBytes + key.Length + value.Length;
            Rows++;
            if (count == question.RowsMax || bytes >= target)
                return true;
            found = question.Reverse ? cursor.Previous() : cursor.Next();
        }
        return false;
    }
}
