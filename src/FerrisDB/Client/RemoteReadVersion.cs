namespace FerrisDB;

/// <summary>Asks for a read version.</summary>
internal sealed class RemoteReadVersion()
    : AwaitedRequest<long>(MessageType.GetReadVersion, RoleEndpoint.GrvProxy)
{
    protected override void WritePayload(MessageWriter writer)
    {
    }

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        var version = StorageMessage.ReadOnlyNumber(payload);
        SetAnswer(version);
        return version;
    }
}
