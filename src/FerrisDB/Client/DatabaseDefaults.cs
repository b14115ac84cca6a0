using System.Buffers.Binary;

namespace FerrisDB;

/// <summary>The options of a database that are defaults of its transactions.</summary>
internal static class DatabaseDefaults
{
    private const int WatchesMaxMax = 1_000_000;

    /// <summary>Sets an option. Returns what is wrong with it, or null.</summary>
    public static FerrisException? Set(
        DatabaseOption option, ReadOnlySpan<byte> value, ref TransactionSettings defaults, ref int watchesMax)
    {
        var ignored = 0;
        switch (option)
        {
            case DatabaseOption.MaxWatches:
                return SetNumber(option, value, WatchesMaxMax, ref watchesMax);
            case DatabaseOption.LocationCacheSize:
                return SetNumber(option, value, int.MaxValue, ref ignored);
            case DatabaseOption.TestCausalReadRisky:
                return SetNumber(option, value, 100, ref ignored);
            case DatabaseOption.UseConfigDatabase:
                return value.IsEmpty ? null : Wrong(option, "it takes no value");
            case DatabaseOption.MachineId or DatabaseOption.DatacenterId:
                return null;
            default:
                if (TransactionOptionOf(option) is not { } transactionOption)
                    return new FerrisException(ErrorCode.InvalidOption, $"There is no database option {(int)option}.");
                var changed = defaults with { };
                var error = changed.Set(
                    transactionOption, value, isUsed: false, hasReadVersion: false, isOfTenant: false);
                Volatile.Write(ref defaults, changed);
                return error;
        }
    }

    private static TransactionOption? TransactionOptionOf(DatabaseOption option) => option switch
    {
        DatabaseOption.SnapshotReadYourWritesEnable => TransactionOption.SnapshotReadYourWritesEnable,
        DatabaseOption.SnapshotReadYourWritesDisable => TransactionOption.SnapshotReadYourWritesDisable,
        DatabaseOption.TransactionLoggingMaxFieldLength => TransactionOption.TransactionLoggingMaxFieldLength,
        DatabaseOption.TransactionTimeout => TransactionOption.Timeout,
        DatabaseOption.TransactionRetryLimit => TransactionOption.RetryLimit,
        DatabaseOption.TransactionMaxRetryDelay => TransactionOption.MaxRetryDelay,
        DatabaseOption.TransactionSizeLimit => TransactionOption.SizeLimit,
        DatabaseOption.TransactionCausalReadRisky => TransactionOption.CausalReadRisky,
        DatabaseOption.TransactionIncludePortInAddress => TransactionOption.IncludePortInAddress,
        DatabaseOption.TransactionAutomaticIdempotency => TransactionOption.AutomaticIdempotency,
        DatabaseOption.TransactionBypassUnreadable => TransactionOption.BypassUnreadable,
        DatabaseOption.TransactionUsedDuringCommitProtectionDisable =>
            TransactionOption.UsedDuringCommitProtectionDisable,
        DatabaseOption.TransactionReportConflictingKeys => TransactionOption.ReportConflictingKeys,
        _ => null,
    };

    private static FerrisException? SetNumber(
        DatabaseOption option, ReadOnlySpan<byte> value, int max, ref int field)
    {
        if (value.Length != sizeof(long))
            return Wrong(option, "it is a number of 8 bytes");
        var number = BinaryPrimitives.ReadInt64LittleEndian(value);
        if (number < 0 || number > max)
            return Wrong(option, $"{number} is not between 0 and {max}");
        field = (int)number;
        return null;
    }

    private static FerrisException Wrong(DatabaseOption option, string problem) =>
        new(ErrorCode.InvalidOptionValue, $"DatabaseOption.{option} cannot be set so: {problem}.");
}
