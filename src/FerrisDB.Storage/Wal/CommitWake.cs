namespace FerrisDB.Storage;

/// <summary>
/// Somebody who was told something and is still to be woken, by the one who told, when it holds nothing any more. The
/// default value is nobody.
/// </summary>
/// <param name="request">Whose owner.</param>
/// <param name="before">What the owner did before it was told.</param>
internal readonly struct CommitWake(CommitRequest request, CommitSignal before)
{
    public void Wake() => request?.Wake(before);
}
