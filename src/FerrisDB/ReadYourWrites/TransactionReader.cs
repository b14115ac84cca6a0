using System.Buffers;

namespace FerrisDB;

/// <summary>The reads of a transaction: the database at its read version, under its own writes.</summary>
internal readonly struct TransactionReader(TransactionContext context)
{
    private DatabaseOptions Options => context.Database.Options;

    public ValueTask<long> GetReadVersionAsync()
    {
        lock (context.Gate)
        {
            if (context.RefusalAfterCommit() is { } refusal)
                return ValueTask.FromException<long>(refusal);
            if (context.ReadVersion > 0 || context.Settings.IsInitializing)
                return ValueTask.FromResult(context.ReadVersion);
            return BeginAsync(context.AskReadVersionAsync(), context.Life);
        }
    }

    public void SetReadVersion(long version)
    {
        lock (context.Gate)
        {
            if (context.Refusal() is { } refusal)
                context.Defer(refusal);
            else if (context.ReadVersion > 0 || context.Settings.IsInitializing)
                context.Defer(new FerrisException(
                    ErrorCode.ReadVersionAlreadySet,
                    $"The transaction reads at version {context.ReadVersion} already."));
            else if (version <= 0)
                context.Defer(new FerrisException(ErrorCode.VersionInvalid, $"Version {version} is not above zero."));
            else
                context.ReadVersion = version;
        }
    }

    public ValueTask<byte[]?> GetAsync(ReadOnlySpan<byte> key, bool isSnapshot)
    {
        if (KeyLimits.IsSystem(key))
        {
            if (KeyLimits.IsSpecial(key))
                return GetSpecial(key);
            if (ShardRows.Has(key))
                return GetShard(key);
        }
        ReadPoint at;
        int life;
        lock (context.Gate)
        {
            if ((context.Refusal() ?? ReadError(key)) is { } error)
                return ValueTask.FromException<byte[]?>(error);
            if (key.Length > KeyLimits.ReadSizeMax(key, Options))
                return ValueTask.FromResult<byte[]?>(null);
            context.IsUsed = true;
            life = context.Life;
            var own = SeesOwnWrites(isSnapshot)
                ? context.Writes.Find(key, context.Settings.BypassesUnreadable)
                : WriteState.Unmodified;
            if (own.NeedsDatabase && !isSnapshot && !IsForgotten(own))
                context.Reads.AddPoint(key);
            if (!own.NeedsDatabase)
                return GetOwn(key, own);
            if (context.ReadVersion == 0 && !TryBegin(out var asking))
                return Tracked(GetLaterAsync(key.ToArray(), own, asking, life), life);
            at = context.ReadPoint;
            if (own.Kind == WriteStateKind.Dependent)
                return Tracked(EvaluateAsync(own, context.Cluster.GetAsync(key, at), life), life);
        }
        return Tracked(context.Cluster.GetAsync(key, at), life);
    }

    public ValueTask<bool> TryGetAsync(ReadOnlySpan<byte> key, IBufferWriter<byte> destination, bool isSnapshot)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var goesStraight = false;
        var at = default(ReadPoint);
        int life;
        lock (context.Gate)
        {
            life = context.Life;
            if (MayReadStraight(key, isSnapshot))
            {
                context.IsUsed = true;
                if (!isSnapshot)
                    context.Reads.AddPoint(key);
                if (context.ReadVersion == 0 && !TryBegin(out var asking))
                {
                    var later = GetLaterAsync(key.ToArray(), WriteState.Unmodified, asking, life);
                    return AppendAsync(Tracked(later, life), destination);
                }
                at = context.ReadPoint;
                goesStraight = true;
            }
        }
        if (goesStraight)
            return Tracked(context.Cluster.TryGetAsync(key, at, destination), life);
        var reading = GetAsync(key, isSnapshot);
        return reading.IsCompletedSuccessfully
            ? new ValueTask<bool>(Append(reading.Result, destination))
            : AppendAsync(reading, destination);
    }

    public ValueTask<byte[]> GetKeyAsync(KeySelector selector, bool isSnapshot)
    {
        ReadScope scope;
        lock (context.Gate)
        {
            if ((context.Refusal() ?? EndError(selector.Key.Span)) is { } error)
                return ValueTask.FromException<byte[]>(error);
            context.IsUsed = true;
            scope = context.BeginRead(SeesOwnWrites(isSnapshot));
        }
        return Tracked(GetKeyAsync(NormalSelector.From(selector), isSnapshot, scope), scope.Life);
    }

    public ValueTask<RangePage> GetPageAsync(
        KeySelector begin, KeySelector end, RangeOptions options, int iteration, bool isSnapshot)
    {
        if (KeyLimits.IsSpecial(begin.Key.Span) && !begin.Key.Span.SequenceEqual(KeyLimits.SystemEnd))
            return GetSpecialPage(begin, end, options, iteration);
        var isOfShards = ShardRows.Has(begin.Key.Span) && ShardRows.HasEnd(end.Key.Span);
        var wrongLimits = PageLimits.TryFrom(options, iteration, out var limits);
        ReadScope scope;
        lock (context.Gate)
        {
            var error = context.Refusal() ?? EndError(begin.Key.Span) ?? EndError(end.Key.Span) ?? wrongLimits;
            if (error is not null)
                return ValueTask.FromException<RangePage>(error);
            context.IsUsed = true;
            scope = context.BeginRead(!isOfShards && SeesOwnWrites(isSnapshot));
        }
        var request = new PageRequest(
            NormalSelector.From(begin), NormalSelector.From(end), limits, options.Reverse, isSnapshot);
        return Tracked(isOfShards ? GetShardsAsync(request, scope) : GetPageAsync(request, scope), scope.Life);
    }

    public async ValueTask<long> EstimateSizeBytesAsync(KeyRange range)
    {
        lock (context.Gate)
        {
            if ((context.Refusal() ?? context.TenantRefusal()) is { } refusal)
                throw refusal;
        }
        return range.IsEmpty ? 0 : await context.Cluster.EstimateSizeBytesAsync(range);
    }

    public async ValueTask<IReadOnlyList<byte[]>> GetSplitPointsAsync(KeyRange range, long chunkBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunkBytes);
        lock (context.Gate)
        {
            if ((context.Refusal() ?? EndError(range.Begin) ?? EndError(range.End)) is { } error)
                throw error;
        }
        if (range.IsEmpty)
            return [range.Begin];
        var inside = await context.Cluster.GetSplitPointsAsync(range, chunkBytes);
        return [range.Begin, .. inside, range.End];
    }

    public Task WatchAsync(ReadOnlySpan<byte> key, CancellationToken cancellationToken)
    {
        lock (context.Gate)
        {
            var error = context.Refusal();
            if (error is null && context.Settings.IsReadYourWritesDisabled)
                error = new FerrisException(
                    ErrorCode.WatchesDisabled, "A transaction that does not read its own writes cannot watch.");
            error ??= ReadError(key);
            error ??= KeyLimits.SizeError(key, Options, context.Settings.HasRawAccess);
            if (error is not null)
                return Task.FromException(error);
        }
        // Without an await of our own, whoever looks right after the commit that changed the key sees it changed.
        var reading = GetAsync(key, isSnapshot: false);
        return reading.IsCompletedSuccessfully
            ? BeginWatch(key.ToArray(), reading.Result, cancellationToken)
            : Tracked(BeginWatchAsync(key.ToArray(), reading, cancellationToken), context.Life).AsTask().Unwrap();
    }

    // Under the gate: true if nothing stands between the key and the database, neither an error nor an own write.
    private bool MayReadStraight(ReadOnlySpan<byte> key, bool isSnapshot) =>
        context.Refusal() is null && context.TenantRefusal() is null && !KeyLimits.IsSystem(key)
        && key.Length <= Options.KeySizeLimitBytes && !SeesOwnWrites(isSnapshot);

    private static bool Append(byte[]? value, IBufferWriter<byte> destination)
    {
        if (value is not null)
            destination.Write(value);
        return value is not null;
    }

    private static async ValueTask<bool> AppendAsync(ValueTask<byte[]?> reading, IBufferWriter<byte> destination) =>
        Append(await reading, destination);

    private ValueTask<byte[]?> GetShard(ReadOnlySpan<byte> key)
    {
        ReadScope scope;
        lock (context.Gate)
        {
            if ((context.Refusal() ?? ReadError(key)) is { } error)
                return ValueTask.FromException<byte[]?>(error);
            context.IsUsed = true;
            scope = context.BeginRead(seesOwnWrites: false);
        }
        return Tracked(GetShardAsync(key.ToArray(), scope), scope.Life);
    }

    // Where no server answers there are no shards to tell of either: a read version is asked for first.
    private async ValueTask<byte[]?> GetShardAsync(byte[] key, ReadScope scope)
    {
        await ReadPointAsync(scope);
        return ShardRows.Get(key);
    }

    private async ValueTask<RangePage> GetShardsAsync(PageRequest request, ReadScope scope)
    {
        await ReadPointAsync(scope);
        return SpecialKeySpace.Cut(ShardRows.All, request);
    }

    private ValueTask<byte[]?> GetSpecial(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual(KeyLimits.SystemEnd))
        {
            lock (context.Gate)
                return context.Refusal() is { } refusal
                    ? ValueTask.FromException<byte[]?>(refusal)
                    : ValueTask.FromResult<byte[]?>(null);
        }
        var begin = KeySelector.FirstGreaterOrEqual(key.ToArray());
        var reading = GetSpecialPage(begin, begin with { Key = (byte[])[.. key, 0] }, default, iteration: 1);
        return reading.IsCompletedSuccessfully
            ? ValueTask.FromResult(OnlyValue(reading.Result))
            : GetSpecialLaterAsync(reading);
    }

    private static async ValueTask<byte[]?> GetSpecialLaterAsync(ValueTask<RangePage> reading) =>
        OnlyValue(await reading);

    private static byte[]? OnlyValue(RangePage page) => page.Count == 0 ? null : page[0].Value.ToArray();

    private async ValueTask<RangePage> GetSpecialPageLaterAsync(
        KeySelector begin, KeySelector end, RangeOptions options, int iteration, Task[] pending)
    {
        await WhenEndedAsync(pending);
        return await GetSpecialPage(begin, end, options, iteration);
    }

    // What they have read is among the read conflict ranges only when they have their answers.
    private Task[] PendingReads()
    {
        lock (context.Gate)
            return context.PendingReads();
    }

    private ValueTask<RangePage> GetSpecialPage(
        KeySelector begin, KeySelector end, RangeOptions options, int iteration)
    {
        if (PageLimits.TryFrom(options, iteration, out var limits) is { } error)
            return ValueTask.FromException<RangePage>(error);
        var request = new PageRequest(
            NormalSelector.From(begin), NormalSelector.From(end), limits, options.Reverse, IsSnapshot: true);
        try
        {
            var pending = PendingReads();
            var needs = SpecialKeySpace.NeedsOf(context, request);
            if (needs != SpecialNeeds.None)
                return Tracked(GetSpecialPageAsync(request, needs, pending), context.Life);
            return pending.Length > 0
                ? GetSpecialPageLaterAsync(begin, end, options, iteration, pending)
                : ValueTask.FromResult(SpecialKeySpace.GetPage(context, request, []));
        }
        catch (FerrisException refused)
        {
            return ValueTask.FromException<RangePage>(refused);
        }
    }

    // What the database is asked for is as it has it at the read version: what the transaction is going to write is
    // left out. That it may be read was judged before: the commit, which waits for it, may begin meanwhile.
    private async ValueTask<RangePage> GetSpecialPageAsync(PageRequest request, SpecialNeeds needs, Task[] pending)
    {
        if (pending.Length > 0)
            await WhenEndedAsync(pending);
        if (needs.HasFlag(SpecialNeeds.Server))
            await StatusDocument.AskAsync(context);
        List<SpecialRow> stored = [];
        if (needs.HasFlag(SpecialNeeds.Database))
        {
            ReadScope scope;
            lock (context.Gate)
            {
                context.IsUsed = true;
                scope = context.BeginRead(seesOwnWrites: false);
            }
            stored = await SpecialKeySpace.ReadStoredAsync(context, await ReadPointAsync(scope), request);
        }
        return SpecialKeySpace.GetPage(context, request, stored, hasBegun: true);
    }

    // A bug, if a test asks for it.
    private static bool IsForgotten(WriteState own)
    {
#if FERRIS_CHECKED
        return own.Kind == WriteStateKind.Dependent && ClientBugs.Active == ClientBug.OwnOperationsDoNotConflict;
#else
        return false;
#endif
    }

    private async ValueTask<Task> BeginWatchAsync(
        byte[] key, ValueTask<byte[]?> reading, CancellationToken cancellationToken) =>
        BeginWatch(key, await reading, cancellationToken);

    private Task BeginWatch(byte[] key, byte[]? seen, CancellationToken cancellationToken)
    {
        lock (context.Gate)
        {
            // The commit waits for the read, and has begun perhaps.
            if (context.Phase != TransactionPhase.Committing && context.Refusal() is { } refusal)
                return Task.FromException(refusal);
            try
            {
                var watch = new PendingWatch(context.Database, key, seen, cancellationToken);
                context.AddWatch(watch);
                return watch.Watch.Changed;
            }
            catch (FerrisException tooMany)
            {
                return Task.FromException(tooMany);
            }
        }
    }

    private async ValueTask<byte[]> GetKeyAsync(NormalSelector selector, bool isSnapshot, ReadScope scope)
    {
        try
        {
            var key = await new SelectorSearch(context, scope, await ReadPointAsync(scope)).FindAsync(selector);
            if (isSnapshot)
                return key;
            if (selector.Offset > 0)
                AddReadConflict(selector.Key, key.AsSpan().SequenceEqual(scope.MaxKey) ? key : [.. key, 0], scope);
            else
                AddReadConflict(key, selector.Key, scope);
            return key;
        }
        finally
        {
            context.EndRead(scope);
        }
    }

    private async ValueTask<RangePage> GetPageAsync(PageRequest request, ReadScope scope)
    {
        try
        {
            var at = await ReadPointAsync(scope);
            var selectors = new SelectorSearch(context, scope, at);
            var begin = await selectors.BoundAsync(request.Begin);
            var end = await selectors.BoundAsync(request.End);
            var rows = RowBuffer.Rent();
            var more = false;
            if (begin.AsSpan().SequenceCompareTo(end) < 0)
                more = await new RangeMerge(context, scope, at, begin, end, request.Reverse, keysOnly: false)
                    .ReadAsync(request.Limits, rows);
            if (!request.IsSnapshot)
            {
                var (from, to) = request.ConflictRange(begin, end, scope.MaxKey, rows, more);
                AddReadConflict(from, to, scope);
            }
            return new RangePage(rows, more);
        }
        finally
        {
            context.EndRead(scope);
        }
    }

    private void AddReadConflict(byte[] begin, byte[] end, in ReadScope scope)
    {
        lock (context.Gate)
        {
            context.ThrowIfOver(scope.Life);
            ReadConflicts.Add(context.Reads, scope.Own, begin, end);
        }
    }

    // Under the gate.
    private ValueTask<byte[]?> GetOwn(ReadOnlySpan<byte> key, WriteState own)
    {
        switch (own.Kind)
        {
            case WriteStateKind.Absent:
                return ValueTask.FromResult<byte[]?>(null);
            case WriteStateKind.Value:
                return ValueTask.FromResult<byte[]?>(context.Writes.ValueOf(own).ToArray());
            default:
                var error = Unreadable(key);
                context.ReadFailure ??= error;
                return ValueTask.FromException<byte[]?>(error);
        }
    }

    private async ValueTask<byte[]?> EvaluateAsync(WriteState own, ValueTask<byte[]?> reading, int life)
    {
        var value = await reading;
        lock (context.Gate)
        {
            context.ThrowIfOver(life);
            return context.Writes.Evaluate(own, value is not null, value, out var result) ? result.ToArray() : null;
        }
    }

    private async ValueTask<byte[]?> GetLaterAsync(byte[] key, WriteState own, ValueTask<long> asking, int life)
    {
        var at = new ReadPoint(await BeginAsync(asking, life), context.IsHeld);
        var reading = context.Cluster.GetAsync(key, at);
        return own.Kind == WriteStateKind.Dependent ? await EvaluateAsync(own, reading, life) : await reading;
    }

    private ValueTask<ReadPoint> ReadPointAsync(in ReadScope scope)
    {
        ValueTask<long> asking;
        lock (context.Gate)
        {
            context.ThrowIfOver(scope.Life);
            if (context.ReadVersion > 0 || TryBegin(out asking))
                return ValueTask.FromResult(context.ReadPoint);
        }
        return AwaitAsync(asking, scope.Life);
    }

    private async ValueTask<ReadPoint> AwaitAsync(ValueTask<long> asking, int life) =>
        new(await BeginAsync(asking, life), context.IsHeld);

    // Under the gate: takes the read version, if that is at hand.
    private bool TryBegin(out ValueTask<long> asking)
    {
        asking = context.Settings.IsInitializing
            ? ValueTask.FromException<long>(new FerrisException(
                ErrorCode.ClientInvalidOperation,
                "A transaction with InitializeNewDatabase cannot read: there is nothing to read yet."))
            : context.AskReadVersionAsync();
        if (!asking.IsCompletedSuccessfully)
            return false;
        context.ReadVersion = asking.Result;
        return true;
    }

    private async ValueTask<long> BeginAsync(ValueTask<long> asking, int life)
    {
        var version = await context.WithinTimeoutAsync(asking);
        lock (context.Gate)
        {
            // To the next life this version would be too old.
            context.ThrowIfOver(life);
            // Of several first reads the first answer counts for all.
            if (context.ReadVersion == 0)
                context.ReadVersion = version;
            return context.ReadVersion;
        }
    }

    private bool SeesOwnWrites(bool isSnapshot) =>
        !context.Settings.IsReadYourWritesDisabled
        && (!isSnapshot || context.Settings.SnapshotReadYourWrites > 0)
        && !context.Writes.IsTransparent;

    private FerrisException? ReadError(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual(KeyLimits.MetadataVersionKey))
            return null;
        return KeyLimits.IsLegal(key, context.Settings.CanReadSystemKeys)
            ? context.TenantRefusal()
            : KeyLimits.OutsideLegalRange(key);
    }

    private FerrisException? EndError(ReadOnlySpan<byte> key)
    {
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.SelectorsMayStartAnywhere)
            return null;
#endif
        return KeyLimits.IsLegalEnd(key, context.Settings.CanReadSystemKeys)
            ? context.TenantRefusal()
            : KeyLimits.OutsideLegalRange(key);
    }

    internal static async ValueTask WhenEndedAsync(Task[] reads)
    {
        try
        {
            await Task.WhenAll(reads);
        }
        catch (FerrisException)
        {
            // The context has the first failure of a read, and the commit fails with it.
        }
    }

    internal static FerrisException Unreadable(ReadOnlySpan<byte> key) => new(
        ErrorCode.AccessedUnreadable,
        $"What {KeyText.Of(key)} holds depends on the versionstamp of this very commit: it can be read afterwards.");

    // The commit fails with the first read that failed, and waits for those that have not ended.
    private ValueTask<T> Tracked<T>(ValueTask<T> reading, int life)
    {
        if (reading.IsCompletedSuccessfully)
            return reading;
        var task = TrackedAsync(reading, life);
        if (!task.IsCompleted)
            context.Track(task);
        return new ValueTask<T>(task);
    }

    private async Task<T> TrackedAsync<T>(ValueTask<T> reading, int life)
    {
        try
        {
            var result = await reading;
            lock (context.Gate)
                context.ThrowIfOver(life);
            return result;
        }
        catch (FerrisException error)
        {
            context.Fail(error, life);
            throw;
        }
    }
}
