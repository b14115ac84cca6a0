namespace FerrisDB.Transactions;

/// <summary>Transactions that wait for their tag first, then for their turn among all.</summary>
internal sealed class TaggedStart(StartQueue starts, TransactionPriority priority, int count, IStarting who) : IStarting
{
    public void Start()
    {
        if (starts.TryStart(priority, count))
            who.Start();
        else
            starts.Wait(priority, count, who);
    }

    public void Refuse(FerrisException? error) => who.Refuse(error);
}
