using System.Buffers.Binary;

namespace FerrisDB.Tests.Transactions;

/// <summary>The options of a transaction by the contract: what is wrong with a value, and what is in force.</summary>
internal sealed class FuzzOptions
{
    private readonly HashSet<TransactionOption> _flags = [];
    private byte[]? _identifier;
    private int _tags;
    private int _snapshotLevel = 1;

    public long RetryLimit { get; private set; } = -1;

    public bool ReadsSystemKeys => Has(TransactionOption.ReadSystemKeys) || WritesSystemKeys;

    public bool WritesSystemKeys =>
        Has(TransactionOption.AccessSystemKeys) || Has(TransactionOption.SpecialKeySpaceEnableWrites);

    public bool HasRawAccess => Has(TransactionOption.RawAccess) || ReadsSystemKeys;

    public bool IsReadOnly => Has(TransactionOption.ReadLockAware) && !Has(TransactionOption.LockAware);

    public bool SeesOwnWrites(bool isSnapshot) =>
        !Has(TransactionOption.ReadYourWritesDisable) && (!isSnapshot || _snapshotLevel > 0);

    public bool Has(TransactionOption flag) => _flags.Contains(flag);

    /// <summary>What a retry keeps.</summary>
    public FuzzOptions AfterRetry() => new() { RetryLimit = RetryLimit };

    /// <summary>Sets an option; what is wrong with that, or null.</summary>
    public ErrorCode? Set(TransactionOption option, byte[] value, bool isUsed)
    {
        switch (option)
        {
            case TransactionOption.Timeout or TransactionOption.MaxRetryDelay:
                return Number(value, 0, int.MaxValue, out _);
            case TransactionOption.SizeLimit:
                return Number(value, 32, 10_000_000, out _);
            case TransactionOption.RetryLimit:
                var error = Number(value, -1, int.MaxValue, out var limit);
                RetryLimit = error is null ? limit : RetryLimit;
                return error;
            case TransactionOption.TransactionLoggingMaxFieldLength:
                return Number(value, -1, int.MaxValue, out var length)
                    ?? (length == 0 ? ErrorCode.InvalidOptionValue : null);
            case TransactionOption.Tag or TransactionOption.AutoThrottleTag:
                if (_tags == 5)
                    return ErrorCode.TooManyTags;
                _tags += value.Length > 255 ? 0 : 1;
                return value.Length > 255 ? ErrorCode.TagTooLong : null;
            case TransactionOption.DebugTransactionIdentifier or TransactionOption.TransactionLoggingEnable:
                return Identify(value);
            case TransactionOption.InitializeNewDatabase when value.Length == 0:
                // Set only where there is a read version.
                return ErrorCode.ReadVersionAlreadySet;
            case TransactionOption.IdempotencyId:
                return value.Length is >= 16 and <= 255 ? null : ErrorCode.InvalidOption;
            case TransactionOption.SpanParent:
                return value.Length == 33 ? null : ErrorCode.InvalidOptionValue;
            case TransactionOption.DebugRetryLogging or TransactionOption.AuthorizationToken:
                return null;
            case TransactionOption.UseGrvCache:
                return ErrorCode.InvalidOption;
            default:
                return value.Length > 0 ? ErrorCode.InvalidOptionValue : Flag(option, isUsed);
        }
    }

    private ErrorCode? Flag(TransactionOption option, bool isUsed)
    {
        if (option == TransactionOption.ReadYourWritesDisable && isUsed)
            return ErrorCode.ClientInvalidOperation;
        if (option == TransactionOption.LogTransaction && _identifier is null)
            return ErrorCode.ClientInvalidOperation;
        if (option == TransactionOption.SnapshotReadYourWritesEnable)
            _snapshotLevel++;
        if (option == TransactionOption.SnapshotReadYourWritesDisable)
            _snapshotLevel--;
        _flags.Add(option);
        return null;
    }

    private ErrorCode? Identify(byte[] value)
    {
        if (value.Length is < 1 or > 100)
            return ErrorCode.InvalidOptionValue;
        if (_identifier is not null && !_identifier.AsSpan().SequenceEqual(value))
            return ErrorCode.ClientInvalidOperation;
        _identifier = value;
        return null;
    }

    private static ErrorCode? Number(byte[] value, long min, long max, out long number)
    {
        number = value.Length == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(value) : min - 1;
        return number >= min && number <= max ? null : ErrorCode.InvalidOptionValue;
    }
}
