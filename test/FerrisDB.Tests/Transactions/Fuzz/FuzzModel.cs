using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

/// <summary>A transaction by the contract: what its calls have to fail with, and no word about data.</summary>
internal sealed class FuzzModel
{
    private static readonly byte[] SystemEnd = [0xff, 0xff];

    private readonly List<byte[]> _unreadable = [];
    private IReadOnlyList<ErrorCode> _deferred = [];
    private bool _hasUnreadableRange;
    private bool _isUsed;
    private bool _hasWrites;
    private bool _mayConflict;
    private ErrorCode? _readFailure;
    private long _retries;

    public FuzzPhase Phase { get; private set; }

    public FuzzOptions Options { get; private set; } = new();

    /// <summary>It has a read version for certain.</summary>
    public bool HasReadVersion { get; set; }

    public bool HasUnreadable => _unreadable.Count > 0 || _hasUnreadableRange;

    /// <summary>The last commit that succeeded wrote something; null before one.</summary>
    public bool? HasCommittedWrites { get; private set; }

    /// <summary>What any call fails with now.</summary>
    public IReadOnlyList<ErrorCode> Refusal => Phase switch
    {
        FuzzPhase.Cancelled => [ErrorCode.TransactionCancelled],
        FuzzPhase.Ended => [ErrorCode.UsedDuringCommit],
        _ => _deferred,
    };

    /// <summary>A call with a result failed with this: so that was the error that was kept.</summary>
    public void Learn(ErrorCode code)
    {
        if (_deferred.Contains(code))
            _deferred = [code];
        if (code == ErrorCode.AccessedUnreadable)
            _readFailure ??= code;
    }

    /// <summary>A call with a result, and what is wrong with its arguments.</summary>
    public FuzzPrediction Call(params IReadOnlyList<ErrorCode> errors) =>
        new(Refusal.Count > 0 ? Refusal : errors);

    /// <summary>A call without a result: the first error is kept. True if it is done.</summary>
    public bool Void(params IReadOnlyList<ErrorCode> errors)
    {
        if (Phase == FuzzPhase.Active && _deferred.Count == 0 && errors.Count == 0)
            return true;
        if (_deferred.Count == 0)
            _deferred = Refusal.Count > 0 ? Refusal : errors;
        return false;
    }

    public FuzzPrediction ReadVersion() =>
        new(Phase == FuzzPhase.Ended ? _deferred : Refusal);

    public FuzzPrediction Get(byte[] key, bool isSnapshot)
    {
        if (Call() is { Errors.Count: > 0 } refused)
            return refused;
        if (!IsReadable(key))
            return FuzzPrediction.Failure(ErrorCode.KeyOutsideLegalRange);
        if (key.Length > ReadSizeMax(key))
            return FuzzPrediction.Success;
        _isUsed = true;
        if (!Options.SeesOwnWrites(isSnapshot) || Options.Has(TransactionOption.BypassUnreadable))
            return FuzzPrediction.Success;
        if (_unreadable.Exists(each => each.AsSpan().SequenceEqual(key)))
            return FuzzPrediction.Failure(ErrorCode.AccessedUnreadable);
        return new FuzzPrediction(_hasUnreadableRange ? [ErrorCode.AccessedUnreadable] : [], MayFail: true);
    }

    /// <summary>A read of many keys, whose arguments may be wrong.</summary>
    public FuzzPrediction Range(bool isSnapshot, IReadOnlyList<ErrorCode> errors)
    {
        if (Call(errors) is { Errors.Count: > 0 } refused)
            return refused;
        _isUsed = true;
        var mayFail = HasUnreadable && Options.SeesOwnWrites(isSnapshot);
        return new FuzzPrediction(mayFail ? [ErrorCode.AccessedUnreadable] : [], MayFail: true);
    }

    public FuzzPrediction Watch(byte[] key)
    {
        List<ErrorCode> errors = [];
        if (!Options.SeesOwnWrites(isSnapshot: false))
            errors.Add(ErrorCode.WatchesDisabled);
        if (!IsReadable(key))
            errors.Add(ErrorCode.KeyOutsideLegalRange);
        if (key.Length > WriteSizeMax(key))
            errors.Add(ErrorCode.KeyTooLarge);
        return Call(errors) is { Errors.Count: > 0 } refused ? refused : Get(key, isSnapshot: false);
    }

    /// <summary>Writes a key. True if it is done.</summary>
    public bool Write(byte[] key, params IReadOnlyList<ErrorCode> errors)
    {
        UseIfActive();
        var isDone = Void([.. KeyErrors(key), .. errors]);
        _hasWrites |= isDone;
        return isDone;
    }

    public void WriteUnreadableValue(byte[] key, params IReadOnlyList<ErrorCode> errors)
    {
        UseIfActive();
        // Anybody may write this one, but only so.
        var keyErrors = key.AsSpan().SequenceEqual(KeyLimits.MetadataVersionKey) ? [] : KeyErrors(key);
        if (!Void([.. keyErrors, .. errors]))
            return;
        _hasWrites = true;
        _unreadable.Add(key);
    }

    public void WriteUnreadableKey(byte[] template, params IReadOnlyList<ErrorCode> errors) =>
        _hasUnreadableRange |= Write(template, errors);

    public void Clear(byte[] key)
    {
        UseIfActive();
        if (!Void(IsWritable(key) ? [] : [ErrorCode.KeyOutsideLegalRange]) || key.Length > ReadSizeMax(key))
            return;
        _hasWrites = true;
        _unreadable.RemoveAll(each => each.AsSpan().SequenceEqual(key));
    }

    public void ClearRange(byte[] begin, byte[] end)
    {
        UseIfActive();
        if (!Void(RangeErrors(begin, end, Options.WritesSystemKeys)) || IsEmpty(begin, end))
            return;
        _hasWrites = true;
        _unreadable.RemoveAll(each =>
            each.AsSpan().SequenceCompareTo(begin) >= 0 && each.AsSpan().SequenceCompareTo(end) < 0);
    }

    public void AddConflict(byte[] begin, byte[] end, bool isWrite)
    {
        var isMetadataVersion = !isWrite && begin.AsSpan().SequenceEqual(KeyLimits.MetadataVersionKey)
            && end.AsSpan().SequenceEqual((byte[])[.. begin, 0]);
        var withSystemKeys =
            isWrite ? Options.WritesSystemKeys : Options.ReadsSystemKeys || isMetadataVersion;
        if (!Void(RangeErrors(begin, end, withSystemKeys)))
            return;
        _isUsed = true;
        _hasWrites |= isWrite && !IsEmpty(begin, end);
    }

    public void SetReadVersion(long version)
    {
        List<ErrorCode> errors = [];
        if (HasReadVersion)
            errors.Add(ErrorCode.ReadVersionAlreadySet);
        if (version <= 0)
            errors.Add(ErrorCode.VersionInvalid);
        if (!Void(errors))
            return;
        HasReadVersion = true;
        // Commits of its own lives before are others to it.
        _mayConflict = true;
    }

    public void SetOption(TransactionOption option, byte[] value)
    {
        // Judged whatever the phase is.
        if (Options.Set(option, value, _isUsed) is { } error && _deferred.Count == 0)
            _deferred = [error];
    }

    public FuzzPrediction Commit()
    {
        if (Refusal.Count > 0)
            return new FuzzPrediction(Refusal);
        Phase = FuzzPhase.Ended;
        if (_readFailure is { } failure)
            return FuzzPrediction.Failure(failure);
        if (_hasWrites && Options.IsReadOnly)
            return FuzzPrediction.Failure(ErrorCode.TransactionReadOnly);
        return new FuzzPrediction(_mayConflict ? [ErrorCode.NotCommitted] : [], MayFail: true);
    }

    public void Committed() => HasCommittedWrites = _hasWrites;

    public FuzzPrediction OnError(ErrorCode code)
    {
        if (Phase == FuzzPhase.Cancelled)
            return FuzzPrediction.Failure(ErrorCode.TransactionCancelled);
        var isRetried = RetryPolicy.IsRetryable(code) || code == ErrorCode.BlobGranuleRequestFailed;
        if (!isRetried || (Options.RetryLimit >= 0 && _retries >= Options.RetryLimit))
        {
            Phase = FuzzPhase.Cancelled;
            return FuzzPrediction.Failure(code == ErrorCode.BrokenPromise ? ErrorCode.TransactionCancelled : code);
        }
        _retries++;
        Restart(Options.AfterRetry());
        return FuzzPrediction.Success;
    }

    public void Cancel() => Phase = FuzzPhase.Cancelled;

    public void Reset()
    {
        _retries = 0;
        Restart(new FuzzOptions());
    }

    public IReadOnlyList<ErrorCode> EndErrors(params ReadOnlySpan<byte[]> keys)
    {
        foreach (var key in keys)
        {
            if (key.AsSpan().SequenceCompareTo(End(Options.ReadsSystemKeys)) > 0)
                return [ErrorCode.KeyOutsideLegalRange];
        }
        return [];
    }

    private void Restart(FuzzOptions options)
    {
        Phase = FuzzPhase.Active;
        Options = options;
        HasReadVersion = false;
        _deferred = [];
        _unreadable.Clear();
        (_hasUnreadableRange, _isUsed, _hasWrites, _mayConflict) = (false, false, false, false);
        _readFailure = null;
    }

    private void UseIfActive() => _isUsed |= Refusal.Count == 0;

    private List<ErrorCode> KeyErrors(byte[] key)
    {
        if (key.AsSpan().SequenceEqual(KeyLimits.MetadataVersionKey))
            return [ErrorCode.ClientInvalidOperation];
        List<ErrorCode> errors = [];
        if (!IsWritable(key))
            errors.Add(ErrorCode.KeyOutsideLegalRange);
        if (key.Length > WriteSizeMax(key))
            errors.Add(ErrorCode.KeyTooLarge);
        return errors;
    }

    private static List<ErrorCode> RangeErrors(byte[] begin, byte[] end, bool withSystemKeys)
    {
        List<ErrorCode> errors = [];
        var max = End(withSystemKeys);
        if (begin.AsSpan().SequenceCompareTo(max) > 0 || end.AsSpan().SequenceCompareTo(max) > 0)
            errors.Add(ErrorCode.KeyOutsideLegalRange);
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
            errors.Add(ErrorCode.InvertedRange);
        return errors;
    }

    // Ends are cut behind what any key may be, and then they may be the same.
    private static bool IsEmpty(byte[] begin, byte[] end) => Cut(begin).SequenceEqual(Cut(end));

    private static ReadOnlySpan<byte> Cut(byte[] key) => key.AsSpan(0, Math.Min(key.Length, ReadSizeMax(key) + 1));

    private static byte[] End(bool withSystemKeys) => withSystemKeys ? SystemEnd : [0xff];

    private bool IsReadable(byte[] key) =>
        key.AsSpan().SequenceEqual(KeyLimits.MetadataVersionKey)
        || key.AsSpan().SequenceCompareTo(End(Options.ReadsSystemKeys)) < 0;

    private bool IsWritable(byte[] key) => key.AsSpan().SequenceCompareTo(End(Options.WritesSystemKeys)) < 0;

    private int WriteSizeMax(byte[] key) =>
        key is [0xff, ..] ? 30_000 : Options.HasRawAccess ? 10_008 : 10_000;

    private static int ReadSizeMax(byte[] key) => key is [0xff, ..] ? 30_000 : 10_008;
}
