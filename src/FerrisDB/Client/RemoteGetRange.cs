namespace FerrisDB;

/// <summary>Asks for rows of a range.</summary>
internal sealed class RemoteGetRange(RangeRequest request, long version, RowBuffer rows)
    : AwaitedRequest<bool>(MessageType.GetRange, RoleEndpoint.StorageServer)
{
    protected override void WritePayload(MessageWriter writer) => StorageMessage.WriteGetRange(
        writer, request.Begin.Span, request.End.Span,
        new RangeQuestion(version, request.RowsMax, request.TargetBytes, request.Reverse, request.KeysOnly));

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var reader = new MessageReader(payload);
        var more = reader.ReadFlag();
        if (reader.Left > 0)
            rows.Reserve(reader.Left, request.RowsMax);
        while (reader.Left > 0)
            rows.Add(reader.ReadBytes(), reader.ReadBytes());
        SetAnswer(more);
        return 0;
    }
}
