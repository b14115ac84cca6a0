namespace FerrisDB;

/// <summary>Where a page of a range ends: the limits of the call and those of the streaming mode together.</summary>
/// <param name="RowsMax">Rows at most.</param>
/// <param name="TargetBytes">The row that reaches this many bytes is the last one.</param>
internal readonly record struct PageLimits(int RowsMax, int TargetBytes)
{
    private const int Unlimited = -1;
    private const int SerialBytes = 80_000;

    // Pages of an iterator grow, so that who stops early has not paid for much and who goes on pays little a row.
    private static readonly int[] IteratorBytes =
        [4_096, 6_144, 9_216, 13_824, 20_736, 31_104, 46_656, 69_984, 80_000, 120_000];

    /// <summary>Weighs the options of a read. Returns what is wrong with them, or null.</summary>
    public static FerrisException? TryFrom(RangeOptions options, int iteration, out PageLimits limits)
    {
        limits = default;
        if (options.Limit < Unlimited || options.TargetBytes < Unlimited)
            return new FerrisException(
                ErrorCode.RangeLimitsInvalid,
                $"A limit of {options.Limit} rows and {options.TargetBytes} bytes: neither may be negative.");
        var rowsMax = options.Limit > 0 ? options.Limit : int.MaxValue;
        var bytesMax = options.TargetBytes > 0 ? options.TargetBytes : int.MaxValue;
        if (options is { Mode: StreamingMode.Exact, Limit: <= 0, TargetBytes: <= 0 })
            return new FerrisException(
                ErrorCode.ExactModeWithoutLimits, "StreamingMode.Exact needs a limit of rows or bytes.");
        if (ModeBytes(options.Mode, iteration) is not { } modeBytes)
            return new FerrisException(
                ErrorCode.ClientInvalidOperation,
                $"Streaming mode {(int)options.Mode} with iteration {iteration}: the mode must exist, and iterations "
                    + "are counted from 1.");
        limits = new PageLimits(rowsMax, Math.Min(bytesMax, modeBytes));
        return null;
    }

    private static int? ModeBytes(StreamingMode mode, int iteration) => mode switch
    {
        StreamingMode.WantAll or StreamingMode.Serial => SerialBytes,
        StreamingMode.Iterator => iteration < 1
            ? null
            : IteratorBytes[Math.Min(iteration, IteratorBytes.Length) - 1],
        StreamingMode.Exact => int.MaxValue,
        StreamingMode.Small => 256,
        StreamingMode.Medium => 1_000,
        StreamingMode.Large => 4_096,
        _ => null,
    };
}
