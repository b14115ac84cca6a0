namespace FerrisDB;

/// <summary>Asks for a read version, for so many transactions.</summary>
internal sealed class RemoteReadVersion(
    TransactionPriority priority, bool isLockAware, int count, IReadOnlyList<TransactionTag> tags)
    : AwaitedRequest<long>(MessageType.GetReadVersion, RoleEndpoint.GrvProxy)
{
    protected override void WritePayload(MessageWriter writer) =>
        StartMessage.Write(writer, priority, isLockAware, count, tags);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var version = StorageMessage.ReadOnlyNumber(payload);
        SetAnswer(version);
        return version;
    }
}
