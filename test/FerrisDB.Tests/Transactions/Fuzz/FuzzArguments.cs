using FerrisDB.Transactions;

namespace FerrisDB.Tests.Transactions;

/// <summary>Arguments as chance chooses them: plain ones, and those at and just beyond what is allowed.</summary>
internal sealed class FuzzArguments(Random random)
{
    private static readonly int[] Offsets = [int.MinValue, -2, -1, 0, 1, 2, 3, 1_000_000, int.MaxValue];
    private static readonly int[] Limits = [int.MinValue, -2, -1, 0, 1, 2, 1000, int.MaxValue];
    private static readonly int[] Iterations = [int.MinValue, -1, 0, 1, 2, 11, int.MaxValue];
    private static readonly int[] ValueSizes = [0, 1, 8, 99_999, 100_000, 100_001];
    private static readonly int[] OptionSizes = [0, 1, 7, 8, 9, 15, 16, 33, 100, 101, 255, 256];
    private static readonly int[] UnknownOptions = [-1, 0, 1, 40, 130, 602, 710, 9999, int.MaxValue];
    private static readonly TransactionOption[] Options = Enum.GetValues<TransactionOption>();
    private static readonly long[] Numbers =
        [long.MinValue, -2, -1, 0, 1, 31, 32, 10_000_000, 10_000_001, int.MaxValue, 1L + int.MaxValue, long.MaxValue];

    public bool Chance(int oneIn) => random.Next(oneIn) == 0;

    public int Below(int bound) => random.Next(bound);

    /// <summary>A key of any of the spaces, and of any length.</summary>
    public byte[] Key() => random.Next(4) > 0 ? PlainKey() : random.Next(18) switch
    {
        0 => [],
        1 => Long("k"u8, 10_000),
        2 => Long("k"u8, 10_001),
        3 => Long("k"u8, 10_008),
        4 => Long("k"u8, 10_009),
        5 => Long("k"u8, 40_000),
        6 => [0xfe, 0xff, 0xff],
        7 => [0xff],
        8 => [0xff, 0],
        9 => Long([0xff, 1], 30_000),
        10 => Long([0xff, 1], 30_001),
        11 => KeyLimits.MetadataVersionKey,
        12 => [.. KeyLimits.MetadataVersionKey, 0],
        13 => [0xff, 0xff],
        14 => [0xff, 0xff, .. "/status/json"u8],
        15 => [0xff, 0xff, .. "/transaction/read_conflict_range/"u8],
        16 => [0xff, 0xff, .. "/nothing"u8],
        _ => [0xff, 0xff, 0xff],
    };

    public (byte[] Begin, byte[] End) Keys() =>
        random.Next(10) == 0
            ? ([0xff, 0xff, .. "/management/tenant/map/"u8], [0xff, 0xff, .. "/management/tenant/map0"u8])
            : (Key(), Key());

    public byte[] Value() => new byte[random.Next(3) > 0 ? random.Next(5) : Of(ValueSizes)];

    public KeySelector Selector() =>
        new(Key(), random.Next(2) == 0, random.Next(3) > 0 ? random.Next(-2, 4) : Of(Offsets));

    public RangeOptions Range() => new()
    {
        Limit = random.Next(3) > 0 ? random.Next(3) : Of(Limits),
        TargetBytes = random.Next(3) > 0 ? 0 : Of(Limits),
        Mode = (StreamingMode)random.Next(-3, 6),
        Reverse = random.Next(2) == 0,
    };

    public int Iteration() => random.Next(3) > 0 ? 1 : Of(Iterations);

    public MutationType Mutation() => (MutationType)random.Next(-1, 23);

    /// <summary>Bytes for a versionstamp: with room for it or without, its offset within or beyond.</summary>
    public byte[] Stamped(ReadOnlySpan<byte> prefix)
    {
        var room = random.Next(4) > 0 ? 10 : random.Next(12);
        var offset = random.Next(4) > 0 ? prefix.Length : random.Next(4) switch
        {
            0 => -1,
            1 => int.MaxValue,
            2 => prefix.Length + 1,
            _ => int.MinValue,
        };
        byte[] operand = [.. prefix, .. new byte[room], .. BitConverter.GetBytes(offset)];
        return random.Next(10) == 0 ? operand[..random.Next(4)] : operand;
    }

    public TransactionOption Option() =>
        random.Next(12) == 0 ? (TransactionOption)Of(UnknownOptions) : Options[random.Next(Options.Length)];

    public byte[] OptionValue() => random.Next(3) switch
    {
        0 => [],
        1 => BitConverter.GetBytes(Numbers[random.Next(Numbers.Length)]),
        _ => Long("x"u8, Of(OptionSizes)),
    };

    public long Version() => random.Next(3) == 0 ? 1 : -random.Next(3);

    /// <summary>Mostly an error that is retried.</summary>
    public ErrorCode Error() => random.Next(3) > 0
        ? ErrorCode.NotCommitted
        : Enum.GetValues<ErrorCode>()[random.Next(Enum.GetValues<ErrorCode>().Length)];

    private byte[] PlainKey() => [(byte)('a' + random.Next(4)), .. new byte[random.Next(2)]];

    private int Of(int[] numbers) => numbers[random.Next(numbers.Length)];

    private static byte[] Long(ReadOnlySpan<byte> prefix, int length)
    {
        var key = new byte[length];
        key.AsSpan().Fill((byte)'x');
        prefix[..Math.Min(prefix.Length, length)].CopyTo(key);
        return key;
    }
}
