using FerrisDB.TestKit;
using FerrisDB.Transactions;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Transactions;

/// <summary>A transaction that does what chance says, and writes all of it down.</summary>
internal sealed class RandomTransaction(Database database, History history, Random random) : IDisposable
{
    private const int KeyCount = 20;
    private static readonly MutationKind[] Atomics =
    [
        MutationKind.Add, MutationKind.BitAnd, MutationKind.BitOr, MutationKind.BitXor, MutationKind.AppendIfFits,
        MutationKind.Max, MutationKind.Min, MutationKind.ByteMin, MutationKind.ByteMax, MutationKind.CompareAndClear,
    ];

    private readonly Transaction _transaction = database.CreateTransaction();

    // Half of its calls are about few keys, so that they meet.
    private readonly int _favouriteKey = random.Next(KeyCount);
    private readonly MutationKind _favouriteAtomic = Atomics[random.Next(Atomics.Length)];

    public HistoryTransaction Record { get; } = history.Begin();

    /// <summary>One call, of any kind.</summary>
    public async ValueTask StepAsync()
    {
        switch (random.Next(20))
        {
            case < 4:
                await ReadAsync(new HistoryStep(HistoryStepKind.Get) { Key = Key(), IsQuiet = IsQuiet() });
                break;
            case < 6:
                await ReadAsync(new HistoryStep(HistoryStepKind.GetKey) { Begin = Selector(), IsQuiet = IsQuiet() });
                break;
            case < 11:
                await ReadAsync(Page());
                break;
            case < 19:
                Write(RandomWrite());
                break;
            default:
                AddConflict();
                break;
        }
    }

    /// <summary>Reads all there is: whatever happened before has to show.</summary>
    public ValueTask ReadAllAsync() => ReadAsync(new HistoryStep(HistoryStepKind.GetPage)
    {
        Begin = new ModelSelector("", 1),
        End = new ModelSelector(ModelView.MaxKey, 1),
    });

    public async ValueTask CommitAsync(Durability durability)
    {
        Record.Durability = durability;
        var stamp = random.Next(4) == 0 ? _transaction.GetVersionstampAsync() : null;
        Record.Outcome = HistoryOutcome.Unknown;
        history.CommitBegins(Record);
        try
        {
            await _transaction.CommitAsync(durability);
            Record.Outcome = HistoryOutcome.Committed;
            Record.CommitVersion = _transaction.CommittedVersion;
            if (stamp is not null && Record.CommitVersion >= 0)
                Record.Versionstamp = await stamp;
        }
        catch (FerrisException error) when (error.Code is not (ErrorCode.IoError or ErrorCode.WritesStopped))
        {
            Record.Outcome =
                error.Code == ErrorCode.NotCommitted ? HistoryOutcome.NotCommitted : HistoryOutcome.Failed;
            Record.Error = error.Code;
            var isExpected = error.Code == ErrorCode.NotCommitted
                || (error.Code == ErrorCode.TransactionTooOld && Record.MayBeTooOld)
                || Record.Steps.Exists(step => step.Error == error.Code);
            Assert.True(isExpected, $"{error}\n{Record}");
        }
        history.CommitEnded(Record);
    }

    public void Dispose() => _transaction.Dispose();

    private async ValueTask ReadAsync(HistoryStep step)
    {
        Record.Steps.Add(step);
        IReadTransaction reads = step.IsQuiet ? _transaction.Snapshot : _transaction;
        try
        {
            switch (step.Kind)
            {
                case HistoryStepKind.Get:
                    step.Found = await reads.GetAsync(Bytes(step.Key)) is { } value ? Text(value) : null;
                    break;
                case HistoryStepKind.GetKey:
                    step.Found = Text(await reads.GetKeyAsync(ToSelector(step.Begin)));
                    break;
                default:
                    var mode = step.Limit == 0 && step.Begin.Key.Length > 0 && random.Next(4) == 0
                        ? StreamingMode.Small
                        : StreamingMode.WantAll;
                    var options = new RangeOptions { Limit = step.Limit, Reverse = step.Reverse, Mode = mode };
                    var page = await reads.GetPageAsync(ToSelector(step.Begin), ToSelector(step.End), options);
                    step.Rows = [.. page.Select(row =>
                        KeyValuePair.Create(Text(row.Key.Span), Text(row.Value.Span)))];
                    step.More = page.More;
                    break;
            }
            if (Record.ReadVersion < 0)
                Record.ReadVersion = await _transaction.GetReadVersionAsync();
        }
        catch (FerrisException error)
        {
            step.Error = error.Code;
        }
        catch
        {
            // The power failed under it: it has read nothing.
            Record.Steps.RemoveAt(Record.Steps.Count - 1);
            throw;
        }
    }

    private void Write(HistoryStep step)
    {
        Record.Steps.Add(step);
        if (step.IsQuiet)
            _transaction.SetOption(TransactionOption.NextWriteNoWriteConflictRange);
        var (key, operand) = (Bytes(step.Key), Bytes(step.Operand));
        switch (step.Mutation)
        {
            case MutationKind.Set:
                _transaction.Set(key, operand);
                break;
            case MutationKind.Clear:
                _transaction.Clear(key);
                break;
            case MutationKind.ClearRange:
                _transaction.ClearRange(key, operand);
                break;
            default:
                _transaction.Atomic((MutationType)step.Mutation, key, operand);
                break;
        }
    }

    private void AddConflict()
    {
        var (begin, end) = KeyPair();
        var isRead = random.Next(2) == 0;
        Record.Steps.Add(new HistoryStep(isRead ? HistoryStepKind.ReadConflict : HistoryStepKind.WriteConflict)
        {
            Key = begin,
            Operand = end,
        });
        if (isRead)
            _transaction.AddReadConflictRange(Bytes(begin), Bytes(end));
        else
            _transaction.AddWriteConflictRange(Bytes(begin), Bytes(end));
    }

    private HistoryStep Page()
    {
        var isPlain = random.Next(2) == 0;
        var (begin, end) = KeyPair();
        return new HistoryStep(HistoryStepKind.GetPage)
        {
            Begin = isPlain ? new ModelSelector(begin, 1) : Selector(),
            End = isPlain ? new ModelSelector(end, 1) : Selector(),
            Limit = random.Next(2) * random.Next(1, 6),
            Reverse = random.Next(2) == 0,
            IsQuiet = IsQuiet(),
        };
    }

    private HistoryStep RandomWrite()
    {
        var step = new HistoryStep(HistoryStepKind.Write)
        {
            Key = Key(),
            Operand = new string((char)('a' + random.Next(26)), random.Next(random.Next(20) == 0 ? 200 : 9)),
            IsQuiet = random.Next(60) == 0,
        };
        switch (random.Next(16))
        {
            case < 6:
                return step with { Mutation = MutationKind.Set };
            case < 8:
                return step with { Mutation = MutationKind.Clear };
            case 8 or 9:
                var (begin, end) = random.Next(8) == 0 ? ("s/", "s0") : KeyPair();
                return step with { Mutation = MutationKind.ClearRange, Key = begin, Operand = end };
            case 10:
                var template = $"s/{random.Next(2)}0123456789{Text([3, 0, 0, 0])}";
                return step with { Mutation = MutationKind.SetVersionstampedKey, Key = template, IsQuiet = false };
            case 11:
                return step with
                {
                    Mutation = MutationKind.SetVersionstampedValue,
                    Operand = $"v0123456789{Text([1, 0, 0, 0])}",
                };
            default:
                var isFavourite = random.Next(2) == 0;
                return step with
                {
                    Mutation = isFavourite ? _favouriteAtomic : Atomics[random.Next(Atomics.Length)],
                };
        }
    }

    private bool IsQuiet() => random.Next(6) == 0;

    private string Key()
    {
        var number = random.Next(2) == 0 ? random.Next(KeyCount) : (_favouriteKey + random.Next(2)) % KeyCount;
        return $"k{number:00}{(random.Next(10) == 0 ? "\0" : "")}";
    }

    private (string Begin, string End) KeyPair()
    {
        var (one, other) = (Key(), random.Next(8) == 0 ? ModelView.MaxKey : Key());
        return (KeySet.Earlier(one, other), KeySet.Later(one, other));
    }

    private ModelSelector Selector() => new(random.Next(12) == 0 ? "" : Key(), random.Next(-4, 6));

    private static KeySelector ToSelector(ModelSelector selector) => selector.Key.EndsWith('\0')
        ? new KeySelector(Bytes(selector.Key[..^1]), true, selector.Offset)
        : new KeySelector(Bytes(selector.Key), false, selector.Offset);
}
