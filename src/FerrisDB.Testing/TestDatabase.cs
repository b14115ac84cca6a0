namespace FerrisDB.Testing;

/// <summary>
/// A database for one test: in memory, empty, with a clock that stands still, and with failures where the test wants
/// them. Opening one takes about a millisecond after the first.
/// </summary>
/// <remarks>
/// It is the real engine with the real transactions; what is injected stands between them and the roles that decide a
/// commit. Thread-safe. Do not write more than some 100 MB: a writer that waits for the background waits by the clock.
/// </remarks>
public sealed class TestDatabase : IAsyncDisposable, IDisposable
{
    /// <summary>Opens one.</summary>
    /// <param name="options">
    /// Null is <see cref="DefaultOptions"/>. Its clock is replaced by <see cref="Clock"/>.
    /// </param>
    public TestDatabase(DatabaseOptions? options = null)
        : this(options ?? DefaultOptions, TestClock.FirstTime)
    {
    }

    private TestDatabase(DatabaseOptions options, DateTimeOffset now)
    {
        Clock = new TestClock(now);
        Faults = new TestFaults();
        options = options with { Storage = options.Storage with { TimeProvider = Clock } };
        Database = Database.OpenInMemory(options, cluster => new FaultyCluster(cluster, Faults, Clock));
    }

    /// <summary>
    /// The defaults of a database, except that attempts follow each other without a wait, so that nothing hangs while
    /// the clock stands still, and that a seed decides what is random.
    /// </summary>
    public static DatabaseOptions DefaultOptions { get; } = new() { MaxRetryDelay = TimeSpan.Zero, Seed = 1 };

    /// <summary>What the code under test gets.</summary>
    public Database Database { get; }

    /// <summary>The time of the database. Give it to the code under test too.</summary>
    public TestClock Clock { get; }

    /// <summary>What fails, and how often the database was asked.</summary>
    public TestFaults Faults { get; }

    /// <summary>The database itself.</summary>
    public static implicit operator Database(TestDatabase test)
    {
        ArgumentNullException.ThrowIfNull(test);
        return test.Database;
    }

    /// <summary>The database itself.</summary>
    public Database ToDatabase() => Database;

    /// <summary>All that it holds, without faults.</summary>
    public async Task<IReadOnlyList<KeyValue>> GetContentsAsync()
    {
        using var snapshot = Database.TakeSnapshot();
        using (Faults.Suspend())
            return await snapshot.GetRangeAsync(new KeyRange([], [0xff]));
    }

    /// <summary>
    /// Runs an action whose first commits conflict, and fails unless it tries again until it has committed.
    /// </summary>
    /// <param name="action">What is tested. Gets the database.</param>
    /// <param name="conflicts">Commits that conflict.</param>
    /// <exception cref="TestDatabaseException">
    /// It gave up, or it has not committed so often as to meet the conflicts.
    /// </exception>
    public async Task AssertRetriesAsync(Func<Database, Task> action, int conflicts = 1)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(conflicts, 1);
        var before = Faults.Commits;
        Faults.FailNextCommit(ErrorCode.NotCommitted, conflicts);
        try
        {
            await action(Database);
        }
        catch (FerrisException error)
        {
            throw new TestDatabaseException(
                $"The action did not survive {conflicts} conflicts: {error.Message} Run its transactions by "
                    + "Database.RunAsync, or call OnErrorAsync.",
                error);
        }
        finally
        {
            Faults.Clear();
        }
        var commits = Faults.Commits - before;
        if (commits <= conflicts)
            throw new TestDatabaseException(
                $"The action tried to commit {commits} times, and {conflicts} of its commits were to conflict. Does it "
                    + "write, await its transaction, and try again?");
    }

    /// <summary>
    /// Runs an action whose first commit takes effect while its answer is lost, so that it is run again; fails unless
    /// the database then holds what it holds after running the action once.
    /// </summary>
    /// <param name="action">
    /// What is tested. Gets a database, and runs twice: on a copy of this one as well.
    /// </param>
    /// <param name="observe">
    /// What counts, as a value that can be compared. Null is all contents: give one if there are versionstamps or other
    /// keys that differ from run to run.
    /// </param>
    /// <exception cref="TestDatabaseException">It took effect twice, or gave up.</exception>
    public async Task AssertIdempotentAsync(Func<Database, Task> action, Func<Database, Task<object?>>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        await using var copy = new TestDatabase(Database.Options, Clock.GetUtcNow());
        await copy.LoadAsync(await GetContentsAsync());
        await action(copy.Database);
        Faults.LoseNextAnswer(isCommitted: true);
        try
        {
            await action(Database);
        }
        catch (FerrisException error)
        {
            throw new TestDatabaseException(
                $"The action gave up when it did not learn what became of its commit: {error.Message}", error);
        }
        finally
        {
            Faults.Clear();
        }
        await CompareAsync(copy, observe);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    private async Task LoadAsync(IReadOnlyList<KeyValue> rows)
    {
        // Small transactions, whatever their limit is.
        foreach (var batch in rows.Chunk(100))
            await Database.RunAsync(transaction =>
            {
                foreach (var row in batch)
                    transaction.Set(row.Key.Span, row.Value.Span);
            });
    }

    private async Task CompareAsync(TestDatabase expected, Func<Database, Task<object?>>? observe)
    {
        var difference = observe is null
            ? ContentsDifference.Between(await expected.GetContentsAsync(), await GetContentsAsync())
            : Describe(await observe(expected.Database), await observe(Database));
        if (difference is not null)
            throw new TestDatabaseException(
                $"The action took effect twice: {difference} After CommitUnknownResult a transaction runs again, "
                    + "although it may have committed. Let it find out by a key that it writes, such as the id of the "
                    + "request.");
    }

    private static string? Describe(object? once, object? twice) =>
        Equals(once, twice) ? null : $"run once it leaves {once}, and here {twice}.";
}
