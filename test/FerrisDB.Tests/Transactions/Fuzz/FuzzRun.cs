using FerrisDB.TestKit;
using FerrisDB.Transactions;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// As FoundationDB's FuzzApiCorrectness. Where several errors apply, the contract does not say which one comes: each is
// right. All else has exactly one outcome.

/// <summary>Random calls with random and borderline arguments, each with an outcome that the model predicts.</summary>
internal sealed class FuzzRun : IDisposable
{
    private static readonly byte[] SystemEnd = [0xff, 0xff];

    private readonly string _name;
    private readonly FuzzArguments _arguments;
    private readonly FuzzModel _model = new();
    private readonly FuzzWaiting _waiting;
    private readonly List<string> _calls = [];
    private readonly Database _database;
    private readonly Transaction _transaction;

    public FuzzRun(int seed)
    {
        _name = $"seed {seed}";
        _arguments = new FuzzArguments(new Random(seed));
        _database = Database.OpenInMemory(new DatabaseOptions
        {
            Seed = seed,
            TransactionTimeout = TimeSpan.Zero,
            MaxRetryDelay = TimeSpan.Zero,
            Storage = new FerrisDB.Storage.StorageOptions
            {
                Scheduler = new ManualScheduler(seed),
                TimeProvider = new FakeTimeProvider(),
            },
        });
        _transaction = _database.CreateTransaction();
        _waiting = new FuzzWaiting(this);
    }

    /// <summary>Calls that failed as they had to.</summary>
    public int FailureCount { get; private set; }

    public void Play(int steps)
    {
        for (var step = 0; step < steps; step++)
            Step();
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _database.Dispose();
    }

    /// <summary>Compares what became of a call with the prediction.</summary>
    public void Check(string call, FuzzPrediction prediction, Task task)
    {
        Require(task.IsCompleted, $"{call} still waits");
        ErrorCode? code = task.IsFaulted
            ? task.Exception.InnerException is FerrisException error
                ? error.Code
                : throw new Xunit.Sdk.XunitException($"{_name}: {call} threw {task.Exception}")
            : null;
        Require(prediction.IsRight(code), $"{call} must end with {prediction}, not {code?.ToString() ?? "success"}");
        if (code is not { } failed)
            return;
        FailureCount++;
        _model.Learn(failed);
    }

    public void Require(bool isTrue, string problem)
    {
        if (!isTrue)
            Assert.Fail($"{_name}: {problem}, after\n    {string.Join("\n    ", _calls.TakeLast(30))}");
    }

    private void Step()
    {
        switch (_arguments.Below(64))
        {
            case < 20: Read(); break;
            case < 40: Write(); break;
            case < 44: Note("add conflict", AddConflict); break;
            case < 48: SetOption(); break;
            case < 50: SetReadVersion(); break;
            case < 52: Check("get read version", _model.ReadVersion(), GetReadVersion()); break;
            case < 54: Describe(); break;
            case < 56: Watch(); break;
            case 56: Check("mapped page", Mapped(out var mapped), mapped); break;
            case 57: _waiting.AddVersionstamp(_model.Call(), _transaction.GetVersionstampAsync()); break;
            case < 60: Commit(); break;
            case 60 or 61: OnError(); break;
            case 62: Reset(); break;
            default: Cancel(); break;
        }
        _waiting.Look();
    }

    private void Note(string call, Action action)
    {
        _calls.Add(call);
        action();
    }

    private Task<long> GetReadVersion()
    {
        _calls.Add("get read version");
        var reading = _transaction.GetReadVersionAsync().AsTask();
        _model.HasReadVersion |= reading.IsCompletedSuccessfully;
        return reading;
    }

    private void Read()
    {
        var isSnapshot = _arguments.Chance(3);
        IReadTransaction reads = isSnapshot ? _transaction.Snapshot : _transaction;
        switch (_arguments.Below(3))
        {
            case 0:
                var key = _arguments.Key();
                var isSpecial = KeyLimits.IsSpecial(key);
                var get = $"get {Text(key)}{(isSnapshot ? " snapshot" : "")}";
                _calls.Add(get);
                Check(
                    get, isSpecial ? _model.Call(FuzzSpecialKeys.GetErrors(_model.Options, key))
                        : _model.Get(key, isSnapshot),
                    reads.GetAsync(key).AsTask());
                break;
            case 1:
                var selector = _arguments.Selector();
                var getKey = $"get key {Text(selector.Key.Span)} {selector.OrEqual} {selector.Offset}";
                _calls.Add(getKey);
                Check(
                    getKey, _model.Range(isSnapshot, _model.EndErrors(selector.Key.ToArray())),
                    reads.GetKeyAsync(selector).AsTask());
                break;
            default:
                ReadPage(reads, isSnapshot);
                break;
        }
    }

    private void ReadPage(IReadTransaction reads, bool isSnapshot)
    {
        var (begin, end) = (_arguments.Selector(), _arguments.Selector());
        var (options, iteration) = (_arguments.Range(), _arguments.Iteration());
        var call = $"page {Text(begin.Key.Span)}{begin.Offset:+0;-0;+0} {Text(end.Key.Span)}{end.Offset:+0;-0;+0} "
            + $"{options} {iteration}";
        _calls.Add(call);
        var limitErrors = LimitErrors(options, iteration);
        FuzzPrediction prediction;
        if (KeyLimits.IsSpecial(begin.Key.Span) && !begin.Key.Span.SequenceEqual(SystemEnd))
            prediction = new FuzzPrediction(
            [
                .. limitErrors,
                .. _model.Call(FuzzSpecialKeys.PageErrors(
                    _model.Options, begin.Key.ToArray(), end.Key.ToArray())).Errors,
            ]);
        else
            prediction = _model.Range(
                isSnapshot, [.. _model.EndErrors(begin.Key.ToArray(), end.Key.ToArray()), .. limitErrors]);
        Check(call, prediction, reads.GetPageAsync(begin, end, options, iteration).AsTask());
    }

    private static List<ErrorCode> LimitErrors(RangeOptions options, int iteration)
    {
        List<ErrorCode> errors = [];
        if (options.Limit < -1 || options.TargetBytes < -1)
            errors.Add(ErrorCode.RangeLimitsInvalid);
        if (options is { Mode: StreamingMode.Exact, Limit: <= 0, TargetBytes: <= 0 })
            errors.Add(ErrorCode.ExactModeWithoutLimits);
        if (!Enum.IsDefined(options.Mode) || (options.Mode == StreamingMode.Iterator && iteration < 1))
            errors.Add(ErrorCode.ClientInvalidOperation);
        return errors;
    }

    private void Write()
    {
        var (key, value) = (_arguments.Key(), _arguments.Value());
        List<ErrorCode> valueErrors = value.Length > 100_000 ? [ErrorCode.ValueTooLarge] : [];
        switch (_arguments.Below(6))
        {
            case 0:
                Note($"set {Text(key)} {value.Length}", () => _transaction.Set(key, value));
                if (KeyLimits.IsSpecial(key))
                    _model.Void(FuzzSpecialKeys.WriteErrors(_model.Options, key, [.. key, 0]));
                else
                    _model.Write(key, [.. valueErrors]);
                break;
            case 1:
                Note($"clear {Text(key)}", () => _transaction.Clear(key));
                if (KeyLimits.IsSpecial(key))
                    _model.Void(FuzzSpecialKeys.WriteErrors(_model.Options, key, [.. key, 0]));
                else
                    _model.Clear(key);
                break;
            case 2:
                ClearRange();
                break;
            case 3:
                var template = _arguments.Stamped(key.AsSpan(0, Math.Min(key.Length, 9_000)));
                Note($"stamp key {Text(template)}", () => _transaction.SetVersionstampedKey(template, value));
                _model.WriteUnreadableKey(template, [.. valueErrors, .. StampErrors(template)]);
                break;
            case 4:
                StampValue(key);
                break;
            default:
                var type = _arguments.Mutation();
                if (type is MutationType.SetVersionstampedKey or MutationType.SetVersionstampedValue)
                    break;
                Note($"atomic {type} {Text(key)} {value.Length}", () => _transaction.Atomic(type, key, value));
                // FoundationDB's second codes for Min and And have no names here.
                var isKnown = Enum.IsDefined(type) || (int)type is 18 or 19;
                List<ErrorCode> typeErrors = isKnown ? [] : [ErrorCode.InvalidMutationType];
                _model.Write(key, [.. valueErrors, .. typeErrors]);
                break;
        }
    }

    private void ClearRange()
    {
        var (begin, end) = _arguments.Keys();
        Note($"clear {Text(begin)} {Text(end)}", () => _transaction.ClearRange(begin, end));
        var order = begin.AsSpan().SequenceCompareTo(end);
        if (!KeyLimits.IsSpecial(begin) || order > 0)
            _model.ClearRange(begin, end);
        else
            _model.Void(order == 0 ? [] : FuzzSpecialKeys.WriteErrors(_model.Options, begin, end));
    }

    private void StampValue(byte[] key)
    {
        var operand = _arguments.Stamped([]);
        Note($"stamp value {Text(key)} {Text(operand)}", () => _transaction.SetVersionstampedValue(key, operand));
        var isRefused = key.AsSpan().SequenceEqual(KeyLimits.MetadataVersionKey)
            ? operand.Length != 14 || operand.AsSpan().ContainsAnyExcept((byte)0)
            : StampErrors(operand).Count > 0;
        _model.WriteUnreadableValue(key, isRefused ? [ErrorCode.ClientInvalidOperation] : []);
    }

    private static List<ErrorCode> StampErrors(byte[] operand)
    {
        var offset = operand.Length < 4 ? -1 : BitConverter.ToInt32(operand, operand.Length - 4);
        return offset >= 0 && offset + 10L <= operand.Length - 4 ? [] : [ErrorCode.ClientInvalidOperation];
    }

    private void AddConflict()
    {
        var (begin, end) = _arguments.Keys();
        var isWrite = _arguments.Chance(2);
        _calls.Add($"    {(isWrite ? "write" : "read")} {Text(begin)} {Text(end)}");
        if (isWrite)
            _transaction.AddWriteConflictRange(begin, end);
        else
            _transaction.AddReadConflictRange(begin, end);
        _model.AddConflict(begin, end, isWrite);
    }

    private void SetOption()
    {
        var (option, value) = (_arguments.Option(), _arguments.OptionValue());
        // With a longest delay the next retry would wait for a clock that stands still.
        if (option is TransactionOption.MaxRetryDelay or TransactionOption.Timeout && value.Length == sizeof(long))
            value = BitConverter.GetBytes(-1L);
        // Without a read version, nothing could be read after this one.
        if (option == TransactionOption.InitializeNewDatabase && value.Length == 0 && !_model.HasReadVersion)
            return;
        var call = $"option {option} {Text(value)}";
        _calls.Add(call);
        if (Enum.IsDefined(option))
        {
            _transaction.SetOption(option, value);
            _model.SetOption(option, value);
            return;
        }
        var refused = Assert.Throws<FerrisException>(() => _transaction.SetOption(option, value));
        Require(refused.Code == ErrorCode.InvalidOption, $"{call} must be refused at once, not with {refused.Code}");
    }

    private void SetReadVersion()
    {
        // Whether it has one already depends on what was read from own writes: so it gets one.
        if (_model is { Phase: FuzzPhase.Active, HasReadVersion: false } && _arguments.Chance(2))
            Check("get read version", _model.ReadVersion(), GetReadVersion());
        else if (!_model.HasReadVersion && !_arguments.Chance(4))
            return;
        if (!_model.HasReadVersion)
            Reset();
        var version = _arguments.Version();
        Note($"set read version {version}", () => _transaction.SetReadVersion(version));
        _model.SetReadVersion(version);
    }

    private void Describe()
    {
        Require(_transaction.ApproximateSizeBytes >= 0, "the size is negative");
        var (begin, end) = _arguments.Keys();
        _calls.Add($"estimate {Text(begin)} {Text(end)}");
        if (begin.AsSpan().SequenceCompareTo(end) > 0)
        {
            Require(
                Assert.Throws<FerrisException>(() => new KeyRange(begin, end)).Code == ErrorCode.InvertedRange,
                "an inverted range has another error");
            return;
        }
        var range = new KeyRange(begin, end);
        Check("estimate", _model.Call(), _transaction.GetEstimatedRangeSizeBytesAsync(range).AsTask());
        Check(
            "split points", _model.Call(_model.EndErrors(begin, end)),
            _transaction.GetRangeSplitPointsAsync(range, 1 + _arguments.Below(1000)).AsTask());
    }

    private void Watch()
    {
        var key = _arguments.Key();
        _calls.Add($"watch {Text(key)}");
        _waiting.AddWatch(_model.Watch(key), _transaction.WatchAsync(key));
    }

    private FuzzPrediction Mapped(out Task task)
    {
        _calls.Add("mapped page");
        var errors = _model.Options.SeesOwnWrites(isSnapshot: false) ? [] : new[] { ErrorCode.UnsupportedOperation };
        task = _transaction.GetMappedPageAsync(
            KeySelector.FirstGreaterOrEqual("a"u8.ToArray()), KeySelector.FirstGreaterOrEqual("b"u8.ToArray()),
            (byte[])[0xee]).AsTask();
        return _model.Call([.. errors, ErrorCode.MapperNotTuple]);
    }

    private void Commit()
    {
        _calls.Add("commit");
        var wasActive = _model.Phase == FuzzPhase.Active;
        var prediction = _model.Commit();
        var committing = _transaction.CommitAsync().AsTask();
        Check("commit", prediction, committing);
        if (committing.IsCompletedSuccessfully)
            _model.Committed();
        var error = committing.Exception?.InnerException as FerrisException;
        if (wasActive && _model.Phase == FuzzPhase.Ended)
            _waiting.Committed(_model.HasCommittedWrites == true, error?.Code);
        if (_model.HasCommittedWrites is { } hasWritten)
            Require(_transaction.CommittedVersion > 0 == hasWritten, $"committed at {_transaction.CommittedVersion}");
    }

    private void OnError()
    {
        var code = _arguments.Error();
        _calls.Add($"on error {code}");
        var prediction = _model.OnError(code);
        Check(
            $"on error {code}", prediction, _transaction.OnErrorAsync(new FerrisException(code, "An error.")).AsTask());
        if (prediction.Errors.Count == 0)
            _waiting.Restarted();
        else if (code != ErrorCode.TransactionCancelled)
            _waiting.GaveUp();
    }

    private void Reset()
    {
        Note("reset", _transaction.Reset);
        _model.Reset();
        _waiting.Restarted();
    }

    private void Cancel()
    {
        Note("cancel", _transaction.Cancel);
        _model.Cancel();
        _waiting.Cancelled();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => bytes.Length <= 40
        ? KeyText.Of(bytes)
        : $"{KeyText.Of(bytes[..8])}...({bytes.Length})";
}
