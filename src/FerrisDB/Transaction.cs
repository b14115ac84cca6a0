using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.ExceptionServices;

namespace FerrisDB;

/// <summary>Reads at one version, and writes that become visible together at another, or not at all.</summary>
/// <remarks>
/// <para>Strictly serializable: the commit fails with <see cref="ErrorCode.NotCommitted"/> if anything that was read
/// has been written meanwhile. Reads see the transaction's own writes. Any number of reads may run at once; after the
/// commit has begun nothing but <see cref="Reset"/>, <see cref="OnErrorAsync"/> and the results of the commit may be
/// used.</para>
/// <para>As in FoundationDB, calls without a result never fail: their first error is kept, and reported by the next
/// call that has one, the commit at the latest.</para>
/// <para>Prefer <c>Database.RunAsync</c>, which commits and retries. Thread-safe.</para>
/// </remarks>
public sealed class Transaction : IReadTransaction, IDisposable
{
    private const long NoVersion = -1;

    private readonly TransactionContext _context;
    private RetryPolicy _retries = new();
    private SnapshotReads? _snapshot;
    private TaskCompletionSource<byte[]>? _versionstamp;
    private long _committedVersion = NoVersion;

    internal Transaction(Database database)
        : this(new TransactionContext(database))
    {
    }

    internal Transaction(TransactionContext context) => _context = context;

    /// <summary>
    /// The same reads without read conflicts: what is read so may have changed by the time of the commit.
    /// </summary>
    public IReadTransaction Snapshot => _snapshot ??= new SnapshotReads(this, _context);

    /// <summary>
    /// The version of the last commit that wrote something; -1 before it, and after one that only read.
    /// </summary>
    public long CommittedVersion => Volatile.Read(ref _committedVersion);

    /// <summary>
    /// About how many bytes the commit would have: what <see cref="TransactionOption.SizeLimit"/> limits.
    /// </summary>
    public long ApproximateSizeBytes
    {
        get
        {
            lock (_context.Gate)
            {
                ObjectDisposedException.ThrowIf(_context.Phase == TransactionPhase.Disposed, this);
                return _context.Buffers.ApproximateSizeBytes + CommitSize.OfRanges(_context.Reads);
            }
        }
    }

    private TransactionReader Reader => new(_context);

    private TransactionWriter Writer => new(_context);

    /// <summary>The read version, taken now if nothing has been read yet.</summary>
    public ValueTask<long> GetReadVersionAsync() => Reader.GetReadVersionAsync();

    /// <summary>Sets the version to read at, before anything is read.</summary>
    /// <param name="version">
    /// One that was the newest less than <see cref="DatabaseOptions.VersionWindow"/> ago: of another transaction, say.
    /// </param>
    public void SetReadVersion(long version) => Reader.SetReadVersion(version);

    /// <inheritdoc/>
    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key) => Reader.GetAsync(key, isSnapshot: false);

    /// <inheritdoc/>
    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination) =>
        Reader.TryGetAsync(key, destination, isSnapshot: false);

    /// <inheritdoc/>
    public ValueTask<byte[]> GetKeyAsync(KeySelector selector) => Reader.GetKeyAsync(selector, isSnapshot: false);

    /// <inheritdoc/>
    public ValueTask<RangePage> GetPageAsync(
        KeySelector begin, KeySelector end, RangeOptions options = default, int iteration = 1) =>
        Reader.GetPageAsync(begin, end, options, iteration, isSnapshot: false);

    /// <inheritdoc/>
    public IAsyncEnumerable<KeyValue> GetRange(KeySelector begin, KeySelector end, RangeOptions options = default) =>
        RangeReading.ReadAsync(this, begin, end, options);

    /// <summary>
    /// One page of a range, and for each row what it leads to: from the entries of an index to what they point at, in
    /// one call.
    /// </summary>
    /// <param name="begin">Where the rows begin.</param>
    /// <param name="end">Where they end.</param>
    /// <param name="mapper">
    /// A packed tuple in which <c>{K[i]}</c> and <c>{V[i]}</c> stand for the elements of a row's key and value; with
    /// <c>{...}</c> at its end it leads to all keys that begin so, else to one.
    /// </param>
    /// <param name="options">Limits, direction, and how large a page is.</param>
    /// <param name="iteration">The number of the page, from 1.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.MapperNotTuple"/>, <see cref="ErrorCode.MapperBadIndex"/>,
    /// <see cref="ErrorCode.KeyNotTuple"/>, <see cref="ErrorCode.ValueNotTuple"/>;
    /// <see cref="ErrorCode.GetMappedRangeReadsYourWrites"/>: it touches what this transaction has written.
    /// </exception>
    public ValueTask<MappedPage> GetMappedPageAsync(
        KeySelector begin, KeySelector end, ReadOnlyMemory<byte> mapper, RangeOptions options = default,
        int iteration = 1) =>
        new MappedRangeReader(_context).ReadAsync(begin, end, mapper, options, iteration);

    /// <summary>About how many bytes a range takes: an estimate, and poor below some megabytes.</summary>
    public ValueTask<long> GetEstimatedRangeSizeBytesAsync(KeyRange range) => Reader.EstimateSizeBytesAsync(range);

    /// <summary>
    /// Keys that cut a range into pieces of about so many bytes, its begin and end among them: for work to be shared
    /// out.
    /// </summary>
    public ValueTask<IReadOnlyList<byte[]>> GetRangeSplitPointsAsync(KeyRange range, long chunkBytes) =>
        Reader.GetSplitPointsAsync(range, chunkBytes);

    /// <summary>Gives a key a value.</summary>
    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => Writer.Set(key, value);

    /// <summary>Removes a key, if it is there.</summary>
    public void Clear(ReadOnlySpan<byte> key) => Writer.Clear(key);

    /// <summary>
    /// Removes all keys from begin (inclusive) to end (exclusive), at the same cost for ten keys as for ten million.
    /// </summary>
    public void ClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) => Writer.ClearRange(begin, end);

    /// <inheritdoc cref="ClearRange(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public void ClearRange(KeyRange range) => Writer.ClearRange(range.Begin, range.End);

    /// <summary>
    /// Combines a key's value with an operand at commit, without reading it: two that do so never conflict.
    /// </summary>
    public void Atomic(MutationType type, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand) =>
        Writer.Atomic((MutationKind)type, key, operand);

    /// <summary>
    /// Adds a number to the 8-byte little-endian number at a key; an absent key becomes the number. Without reading it.
    /// </summary>
    public void Add(ReadOnlySpan<byte> key, long number)
    {
        Span<byte> operand = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(operand, number);
        Writer.Atomic(MutationKind.Add, key, operand);
    }

    /// <summary>Sets the key that the commit's versionstamp completes: see <see cref="MutationType"/>.</summary>
    public void SetVersionstampedKey(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Writer.Atomic(MutationKind.SetVersionstampedKey, key, value);

    /// <summary>Sets a key to the value that the commit's versionstamp completes.</summary>
    public void SetVersionstampedValue(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        Writer.Atomic(MutationKind.SetVersionstampedValue, key, value);

    /// <summary>
    /// As if all keys from begin to end (exclusive) had been read: the commit fails if one is written meanwhile.
    /// </summary>
    public void AddReadConflictRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        Writer.AddConflict(begin, end, isWrite: false);

    /// <summary>
    /// As if all keys from begin to end (exclusive) were written: others that read one of them conflict.
    /// </summary>
    public void AddWriteConflictRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        Writer.AddConflict(begin, end, isWrite: true);

    /// <summary>
    /// Completes when the key has another value than now, some time after this transaction has committed.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">
    /// Ends the watch, which then fails with <see cref="ErrorCode.OperationCancelled"/>.
    /// </param>
    /// <returns>
    /// A task that outlives the transaction. It may complete without a change, and a value that changed and changed
    /// back may go unnoticed: read again. It fails if the transaction does not commit, and if the database is closed.
    /// </returns>
    /// <exception cref="FerrisException">
    /// With the task: <see cref="ErrorCode.TooManyWatches"/>, and whatever reading the key may fail with.
    /// </exception>
    public Task WatchAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken = default) =>
        Reader.WatchAsync(key, cancellationToken);

    /// <summary>Sets an option that takes no value.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidOption"/>: there is no such option.</exception>
    public void SetOption(TransactionOption option) => SetOption(option, []);

    /// <summary>Sets an option that takes a number.</summary>
    /// <inheritdoc cref="SetOption(TransactionOption)"/>
    public void SetOption(TransactionOption option, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        SetOption(option, bytes);
    }

    /// <summary>Sets an option that takes bytes, or text in UTF-8.</summary>
    /// <inheritdoc cref="SetOption(TransactionOption)"/>
    public void SetOption(TransactionOption option, ReadOnlySpan<byte> value)
    {
        if (!Enum.IsDefined(option))
            throw new FerrisException(ErrorCode.InvalidOption, $"There is no transaction option {(int)option}.");
        lock (_context.Gate)
        {
            // A timeout that is over has ended the transaction, though nobody has looked yet: no other one revives it.
            if (option == TransactionOption.Timeout && _context.IsTimedOut())
                _context.Defer(_context.TimedOut());
            _context.Defer(_context.ChangeSettings().Set(
                option, value, _context.IsUsed, hasReadVersion: _context.ReadVersion > 0,
                _context.Database.IsTenant));
        }
    }

    /// <summary>
    /// The commit's 10-byte versionstamp, once it is committed. Ask before the commit, await after it: within
    /// <c>Database.RunAsync</c> return the task, do not await it.
    /// </summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.NoCommitVersion"/>: it only read. <see cref="ErrorCode.TransactionInvalidVersion"/>: it was
    /// not committed.
    /// </exception>
    public Task<byte[]> GetVersionstampAsync()
    {
        lock (_context.Gate)
        {
            if (_context.Refusal() is { } refusal)
                return Task.FromException<byte[]>(refusal);
            _versionstamp ??= new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _versionstamp.Task;
        }
    }

    /// <summary>Makes the writes durable and visible, all of them, or fails.</summary>
    /// <param name="durability">What they survive; null is the database's own.</param>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.NotCommitted"/>, <see cref="ErrorCode.TransactionTooOld"/>: nothing was written, run it
    /// again (see <see cref="OnErrorAsync"/>). <see cref="ErrorCode.TransactionTooLarge"/>.
    /// <see cref="ErrorCode.DiskFull"/>, <see cref="ErrorCode.WritesStopped"/>: nothing was written.
    /// <see cref="ErrorCode.TransactionTimedOut"/>, <see cref="ErrorCode.IoError"/>: the outcome is unknown.
    /// </exception>
    public async ValueTask CommitAsync(Durability? durability = null)
    {
        if (await TryCommitAsync(durability) is { } error)
            throw error;
    }

    /// <summary>
    /// After an error: waits a little and starts the transaction anew, if another attempt may cure it; else throws the
    /// error.
    /// </summary>
    public async ValueTask OnErrorAsync(FerrisException error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(error);
        TimeSpan delay;
        bool isCounted;
        lock (_context.Gate)
        {
            if (_context.Phase is TransactionPhase.Cancelled or TransactionPhase.Disposed)
                throw _context.Refusal()!;
            if (_context.IsTimedOut())
                throw _context.TimedOut(error);
            var next = _retries.Next(error.Code, _context.Settings, _context.Database.NextChance());
            if (next is null)
            {
                _context.Phase = TransactionPhase.Cancelled;
                if (_context.HasWatches)
                    _context.FailWatches(RestartedAfter(error));
                // What was promised to the transaction is lost because the transaction is.
                if (error.Code == ErrorCode.BrokenPromise)
                    throw RestartedAfter(error);
                ExceptionDispatchInfo.Throw(error);
            }
            delay = next.GetValueOrDefault();
            isCounted = _context.Phase == TransactionPhase.Ended;
        }
        DatabaseTelemetry.AddRetry(_context.Database, error, _retries.Retries, isCounted);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, _context.Database.Clock, cancellationToken);
        lock (_context.Gate)
        {
            if (_context.Phase is TransactionPhase.Cancelled or TransactionPhase.Disposed)
                throw _context.Refusal()!;
            Restart(
                _context.Settings.AfterRetry(_context.Database.Defaults), restartsClock: false,
                _context.HasWatches ? RestartedAfter(error) : error);
        }
    }

    /// <summary>Makes the transaction as good as new: nothing read, nothing written, options as by default.</summary>
    public void Reset()
    {
        lock (_context.Gate)
        {
            if (_context.Phase == TransactionPhase.Disposed)
                return;
            _retries = new RetryPolicy();
            Restart(
                _context.Database.Defaults, restartsClock: true,
                new FerrisException(ErrorCode.TransactionCancelled, "The transaction was reset."));
        }
    }

    /// <summary>Fails all that is outstanding and all that comes, until it is reset.</summary>
    public void Cancel() => End(TransactionPhase.Cancelled, "The transaction was cancelled.");

    /// <summary>Lets the transaction go. A commit that is under way goes on.</summary>
    public void Dispose()
    {
        // Whoever is disposed stays so: no need to ask under the lock.
        if (_context.Phase != TransactionPhase.Disposed)
            End(TransactionPhase.Disposed, "The transaction was disposed.");
    }

    /// <summary>Commits. Returns what it failed with, if that is the world's doing and not a bug.</summary>
    internal ValueTask<FerrisException?> TryCommitAsync(Durability? durability = null, bool isLast = false)
    {
        var chosen = durability ?? _context.Database.Options.Storage.Durability;
        return DatabaseTelemetry.ObservesCommits
            ? ObservedOperation.CommitAsync(_context.Database, this, chosen)
            : CommitUnobservedAsync(chosen, isLast);
    }

    internal ValueTask<FerrisException?> CommitUnobservedAsync(Durability durability, bool isLast = false) =>
        _context.SpecialChanges is null
            ? new TransactionCommit(_context, this, isLast).RunAsync(durability)
            : CommitChangesAsync(durability, isLast);

    /// <summary>The last commit has written something.</summary>
    internal bool HasWritten => CommittedVersion != NoVersion;

    /// <summary>
    /// Held for calls that belong together, where others use the transaction at the same time; never across an await.
    /// </summary>
    internal Lock Gate => _context.Gate;

    /// <summary>A random number from 0 to less than the bound: the database's chance, which a seed decides.</summary>
    internal int NextChance(int bound) => _context.Database.NextChance(bound);

    /// <summary>Told under the gate how the commit ended: its version, or -1 if nothing was written.</summary>
    internal void Committed(long version, FerrisException? error)
    {
        if (error is null)
            Volatile.Write(ref _committedVersion, version);
        if (_versionstamp is not { } versionstamp)
            return;
        if (error is not null)
        {
            versionstamp.TrySetException(new FerrisException(
                ErrorCode.TransactionInvalidVersion, "The transaction was not committed.", error));
        }
        else if (version == NoVersion)
        {
            versionstamp.TrySetException(new FerrisException(
                ErrorCode.NoCommitVersion, "The transaction wrote nothing: it has no versionstamp."));
        }
        else
        {
            var stamp = new byte[VersionstampOperand.StampSize];
            VersionstampOperand.WriteStamp(version, _context.Commit.Order, stamp);
            versionstamp.TrySetResult(stamp);
        }
        _versionstamp = null;
    }

    // What was said by special keys becomes writes of the transaction now.
    private async ValueTask<FerrisException?> CommitChangesAsync(Durability durability, bool isLast)
    {
        SpecialChanges? changes;
        lock (_context.Gate)
        {
            if (_context.Refusal() is { } refusal)
                return refusal;
            (changes, _context.SpecialChanges) = (_context.SpecialChanges, null);
        }
        try
        {
            if (changes is not null)
                await changes.ApplyAsync(_context, this);
        }
        catch (FerrisException error)
        {
            // None of it is to be committed, not even by somebody who tries again.
            lock (_context.Gate)
                _context.Defer(error);
            return error;
        }
        return await new TransactionCommit(_context, this, isLast).RunAsync(durability);
    }

    private void End(TransactionPhase phase, string message)
    {
        lock (_context.Gate)
        {
            if (_context.Phase == TransactionPhase.Disposed)
                return;
            // Most transactions have nobody who is to be told, and an exception is not made for nothing.
            if (_versionstamp is not null || _context.HasWatches)
                FailWaiting(phase, new FerrisException(ErrorCode.TransactionCancelled, message));
            if (phase == TransactionPhase.Disposed)
                _context.LetGo();
            else
                _context.Phase = phase;
        }
    }

    private void FailWaiting(TransactionPhase phase, FerrisException reason)
    {
        // Of a commit that goes on, the commit decides.
        if (!_context.IsCommitUnderWay || phase == TransactionPhase.Cancelled)
            _context.FailWatches(reason);
        _versionstamp?.TrySetException(reason);
        _versionstamp = null;
    }

    private static FerrisException RestartedAfter(FerrisException error) => new(
        ErrorCode.TransactionCancelled, $"The transaction has failed before its commit: {error.Message}", error);

    private void Restart(TransactionSettings settings, bool restartsClock, FerrisException reason)
    {
        _versionstamp?.TrySetException(new FerrisException(ErrorCode.BrokenPromise, "The transaction was reset."));
        _versionstamp = null;
        _context.Restart(settings, restartsClock, reason);
    }
}
