namespace FerrisDB;

/// <summary>
/// Asks to be told when a key has changed. Sent again to each server that comes after the one that it was sent to:
/// it says which value was seen, so no change is missed in between.
/// </summary>
internal sealed class RemoteWatch(Watch watch) : RemoteRequest(MessageType.Watch, RoleEndpoint.StorageServer)
{
    public Watch Watch => watch;

    public override bool IsPatient => true;

    public override void Fail(Exception error) => watch.Fail(
        error as FerrisException ?? new FerrisException(ErrorCode.TransactionCancelled, error.Message, error));

    protected override void WritePayload(MessageWriter writer) =>
        StorageMessage.WriteWatch(writer, watch.Key, watch.Seen);

    protected override long Take(ReadOnlySpan<byte> payload)
    {
        watch.Fire();
        return 0;
    }
}
