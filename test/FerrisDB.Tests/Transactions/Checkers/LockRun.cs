namespace FerrisDB.Tests.Transactions;

/// <summary>
/// Writers that count up one key each, as fast as they can, and somebody who locks the database again and again and
/// looks twice: nothing may have moved between. Whoever begins after the lock must be refused.
/// </summary>
internal sealed class LockRun(Database database, int writers)
{
    private static readonly Guid Id = Guid.Parse("0123456789abcdef0123456789abcdef");

    private readonly long[] _attempts = new long[writers];
    private Task<long>[] _writing = [];
    private volatile bool _isOver;

    /// <summary>Commits of all writers.</summary>
    public long Commits { get; private set; }

    public async Task PlayAsync(int locks, CancellationToken cancellation)
    {
        _writing = [.. Enumerable.Range(0, writers).Select(writer => Task.Run(() => WriteAsync(writer)))];
        try
        {
            for (var round = 0; round < locks; round++)
            {
                await database.LockAsync(Id, cancellation);
                await AssertRefusesAsync();
                var before = await SumAsync();
                await LetWritersTryAsync(2, cancellation);
                Assert.Equal(before, await SumAsync());
                await database.UnlockAsync(Id, cancellation);
                await LetWritersTryAsync(3, cancellation);
            }
        }
        finally
        {
            _isOver = true;
            Commits = (await Task.WhenAll(_writing)).Sum();
        }
        Assert.Equal(Commits, await SumAsync());
        Assert.True(Commits > 0);
    }

    private async Task<long> WriteAsync(int writer)
    {
        var commits = 0L;
        using var transaction = database.CreateTransaction();
        while (!_isOver)
        {
            transaction.Reset();
            try
            {
                // Every second one reads, and so has begun before it commits.
                if (_attempts[writer] % 2 == 0)
                    await transaction.GetAsync("other"u8);
                transaction.Add([(byte)writer], 1);
                await transaction.CommitAsync();
                commits++;
            }
            catch (FerrisException refused) when (refused.Code is ErrorCode.DatabaseLocked or ErrorCode.NotCommitted)
            {
                // As it should be. A lock writes all keys: who has read before it and commits behind it conflicts.
            }
            Interlocked.Increment(ref _attempts[writer]);
            // Else writers would have all threads of the pool.
            await Task.Yield();
        }
        return commits;
    }

    private async Task AssertRefusesAsync()
    {
        using var transaction = database.CreateTransaction();
        var refused = await Assert.ThrowsAsync<FerrisException>(() => transaction.GetReadVersionAsync().AsTask());
        Assert.Equal(ErrorCode.DatabaseLocked, refused.Code);
    }

    private async Task<long> SumAsync()
    {
        using var transaction = database.CreateTransaction();
        transaction.SetOption(TransactionOption.ReadLockAware);
        var rows = await transaction.GetRangeAsync(new KeyRange([], [(byte)writers]));
        return rows.Sum(row => BitConverter.ToInt64(row.Value.Span));
    }

    private async Task LetWritersTryAsync(int attempts, CancellationToken cancellation)
    {
        for (var writer = 0; writer < writers; writer++)
        {
            var enough = Interlocked.Read(ref _attempts[writer]) + attempts;
            while (Interlocked.Read(ref _attempts[writer]) < enough)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_writing[writer].IsCompleted)
                    await _writing[writer];
                await Task.Yield();
            }
        }
    }
}
