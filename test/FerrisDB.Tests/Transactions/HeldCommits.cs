using FerrisDB.Storage;

namespace FerrisDB.Tests.Transactions;

/// <summary>Holds up all commits of a database, from its creation to its release.</summary>
internal sealed class HeldCommits : ICommitDecision, IDisposable
{
    private readonly ManualResetEventSlim _isHeld = new();
    private readonly ManualResetEventSlim _isReleased = new();
    private readonly Task _holding;

    public HeldCommits(Database database)
    {
        _holding = Task.Factory.StartNew(
            () => database.Storage.DecideAsync(this, new WriteBatch(), Durability.None)
                .AsTask().GetAwaiter().GetResult(),
            default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _isHeld.Wait();
    }

    public Task ReleaseAsync()
    {
        _isReleased.Set();
        return _holding;
    }

    public void Dispose()
    {
        _isReleased.Set();
        _holding.GetAwaiter().GetResult();
        _isHeld.Dispose();
        _isReleased.Dispose();
    }

    // Commits are decided one by one, and this one takes its time to decide to write nothing.
    long ICommitDecision.Decide(long lastVersion, WriteBatch batch)
    {
        _isHeld.Set();
        _isReleased.Wait();
        return 0;
    }
}
