using FerrisDB.Transactions;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Transactions;

/// <summary>Calls of a transaction as chance chooses them: what is read, written, declared.</summary>
internal sealed class RandomSteps
{
    private const int KeyCount = 20;
    private static readonly MutationKind[] Atomics =
    [
        MutationKind.Add, MutationKind.BitAnd, MutationKind.BitOr, MutationKind.BitXor, MutationKind.AppendIfFits,
        MutationKind.Max, MutationKind.Min, MutationKind.ByteMin, MutationKind.ByteMax, MutationKind.CompareAndClear,
    ];

    private readonly Random _random;

    // Half of the calls are about few keys, so that they meet.
    private readonly int _favouriteKey;
    private readonly MutationKind _favouriteAtomic;

    private readonly bool _isOdd;

    /// <param name="random">Decides.</param>
    /// <param name="isOdd">Does more often what programs hardly ever do.</param>
    public RandomSteps(Random random, bool isOdd = false)
    {
        _random = random;
        _isOdd = isOdd;
        _favouriteKey = random.Next(KeyCount);
        _favouriteAtomic = Atomics[random.Next(Atomics.Length)];
    }

    /// <summary>A read of all there is: whatever happened before has to show.</summary>
    public static HistoryStep All => new(HistoryStepKind.GetPage)
    {
        Begin = new ModelSelector("", 1),
        End = new ModelSelector(ModelView.MaxKey, 1),
    };

    /// <summary>A call of any kind.</summary>
    public HistoryStep Next() => _random.Next(20) switch
    {
        < 4 => new HistoryStep(HistoryStepKind.Get) { Key = Key(), IsQuiet = IsQuiet() },
        < 6 => new HistoryStep(HistoryStepKind.GetKey) { Begin = Selector(), IsQuiet = IsQuiet() },
        < 11 => Page(),
        < 19 => Write(),
        _ => Conflict(),
    };

    private HistoryStep Conflict()
    {
        var (begin, end) = KeyPair();
        return new HistoryStep(
            _random.Next(2) == 0 ? HistoryStepKind.ReadConflict : HistoryStepKind.WriteConflict)
        {
            Key = begin,
            Operand = end,
        };
    }

    private HistoryStep Page()
    {
        var isPlain = _random.Next(2) == 0;
        var (begin, end) = KeyPair();
        var limit = _random.Next(2) * _random.Next(1, 6);
        return new HistoryStep(HistoryStepKind.GetPage)
        {
            Begin = isPlain ? new ModelSelector(begin, 1) : Selector(),
            End = isPlain ? new ModelSelector(end, 1) : Selector(),
            Limit = limit,
            Mode = limit == 0 && _random.Next(4) == 0 ? StreamingMode.Small : StreamingMode.WantAll,
            Reverse = _random.Next(2) == 0,
            IsQuiet = IsQuiet(),
        };
    }

    private HistoryStep Write()
    {
        var step = new HistoryStep(HistoryStepKind.Write)
        {
            Key = Key(),
            Operand = new string((char)('a' + _random.Next(26)), _random.Next(_random.Next(20) == 0 ? 200 : 9)),
            IsQuiet = _random.Next(_isOdd ? 15 : 60) == 0,
        };
        switch (_random.Next(16))
        {
            case < 6:
                return step with { Mutation = MutationKind.Set };
            case < 8:
                return step with { Mutation = MutationKind.Clear };
            case 8 or 9:
                var (begin, end) = _random.Next(_isOdd ? 2 : 8) == 0 ? ("s/", "s0") : KeyPair();
                return step with
                {
                    Mutation = MutationKind.ClearRange,
                    Key = begin,
                    Operand = end,
                    IsQuiet = step.IsQuiet || (_isOdd && _random.Next(3) == 0),
                };
            case 10:
                var template = $"s/{_random.Next(2)}0123456789{Text([3, 0, 0, 0])}";
                return step with { Mutation = MutationKind.SetVersionstampedKey, Key = template, IsQuiet = false };
            case 11:
                return step with
                {
                    Mutation = MutationKind.SetVersionstampedValue,
                    Operand = $"v0123456789{Text([1, 0, 0, 0])}",
                };
            default:
                var isFavourite = _random.Next(2) == 0;
                return step with
                {
                    Mutation = isFavourite ? _favouriteAtomic : Atomics[_random.Next(Atomics.Length)],
                };
        }
    }

    private bool IsQuiet() => _random.Next(6) == 0;

    private string Key()
    {
        // Where versionstamped keys lie.
        if (_isOdd && _random.Next(8) == 0)
            return "s/0z";
        var number = _random.Next(2) == 0 ? _random.Next(KeyCount) : (_favouriteKey + _random.Next(2)) % KeyCount;
        return $"k{number:00}{(_random.Next(10) == 0 ? "\0" : "")}";
    }

    private (string Begin, string End) KeyPair()
    {
        var (one, other) = (Key(), _random.Next(8) == 0 ? ModelView.MaxKey : Key());
        return (KeySet.Earlier(one, other), KeySet.Later(one, other));
    }

    private ModelSelector Selector() => new(_random.Next(12) == 0 ? "" : Key(), _random.Next(-4, 6));
}
