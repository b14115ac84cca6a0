namespace FerrisDB;

/// <summary>Asks for the value of a key.</summary>
internal sealed class RemoteGet(byte[] key, long version)
    : AwaitedRequest<byte[]?>(MessageType.Get, RoleEndpoint.StorageServer)
{
    protected override void WritePayload(MessageWriter writer) => StorageMessage.WriteGet(writer, key, version);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        SetAnswer(StorageMessage.ReadValue(payload, out var value) ? value.ToArray() : null);
        return 0;
    }
}
