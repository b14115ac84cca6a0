using System.Buffers.Binary;

namespace FerrisDB;

/// <summary>The options of one transaction.</summary>
/// <remarks>
/// Shared by all who have the same, as the database's defaults by most transactions: who changes them makes a copy
/// first.
/// </remarks>
internal sealed record TransactionSettings
{
    private const int SizeLimitBytesMin = 32;

    public long TimeoutMs;
    public long RetryLimit;
    public long MaxRetryDelayMs;
    public long SizeLimitBytes;

    /// <summary>Snapshot reads see own writes while it is above 0.</summary>
    public int SnapshotReadYourWrites;
    public bool IsReadYourWritesDisabled;
    public bool NextWriteHasNoConflict;
    public bool CanReadSystemKeys;
    public bool CanWriteSystemKeys;
    public bool BypassesUnreadable;
    public bool IsProtectionDisabled;
    public bool ReportsConflictingKeys;
    public bool IsSpecialRelaxed;
    public bool CanWriteSpecialKeys;
    public bool IsLockAware;
    public bool IsReadLockAware;

    /// <summary>As a tool that makes a database: nothing can be read, for there is no version to read at.</summary>
    public bool IsInitializing;

    /// <summary>
    /// May be outside of all tenants. Keys of users may be as much longer as a tenant's prefix is.
    /// </summary>
    public bool HasRawAccess;

    public TransactionPriority Priority;
    public string? Identifier;

    /// <summary>What it belongs to, for who throttles that.</summary>
    public IReadOnlyList<TransactionTag> Tags = [];

    public bool IsReadOnly => IsReadLockAware && !IsLockAware;

    /// <summary>It may read although the database is locked.</summary>
    public bool ReadsLocked => IsReadLockAware || IsLockAware;

    /// <summary>What a retry keeps; the rest starts from the database's defaults.</summary>
    public TransactionSettings AfterRetry(TransactionSettings defaults) => defaults with
    {
        TimeoutMs = TimeoutMs,
        RetryLimit = RetryLimit,
        MaxRetryDelayMs = MaxRetryDelayMs,
    };

    /// <summary>Sets an option. Returns what is wrong with it, or null.</summary>
    /// <param name="option">The option.</param>
    /// <param name="value">Its value, or nothing; numbers are 8 bytes, little-endian.</param>
    /// <param name="isUsed">The transaction has read or written already.</param>
    /// <param name="hasReadVersion">It has a read version already.</param>
    /// <param name="isOfTenant">It belongs to a tenant.</param>
    public FerrisException? Set(
        TransactionOption option, ReadOnlySpan<byte> value, bool isUsed, bool hasReadVersion, bool isOfTenant)
    {
        if (isOfTenant && LeavesTenant(option))
            return new FerrisException(
                ErrorCode.InvalidOption, $"A transaction of a tenant cannot have TransactionOption.{option}.");
        switch (option)
        {
            case TransactionOption.SpecialKeySpaceEnableWrites when isOfTenant && value.IsEmpty:
                CanWriteSpecialKeys = true;
                return null;
            case TransactionOption.Timeout:
                return SetNumber(option, value, 0, int.MaxValue, ref TimeoutMs);
            case TransactionOption.RetryLimit:
                return SetNumber(option, value, -1, int.MaxValue, ref RetryLimit);
            case TransactionOption.MaxRetryDelay:
                return SetNumber(option, value, 0, int.MaxValue, ref MaxRetryDelayMs);
            case TransactionOption.SizeLimit:
                return SetNumber(option, value, SizeLimitBytesMin, SizeLimitBytesMax, ref SizeLimitBytes);
            case TransactionOption.TransactionLoggingMaxFieldLength:
                var ignored = 0L;
                return SetNumber(option, value, -1, int.MaxValue, ref ignored)
                    ?? (ignored == 0 ? WrongValue(option, "0 is not allowed") : null);
            case TransactionOption.Tag or TransactionOption.AutoThrottleTag:
                return AddTag(value, option == TransactionOption.AutoThrottleTag);
            case TransactionOption.DebugTransactionIdentifier or TransactionOption.TransactionLoggingEnable:
                return SetIdentifier(option, value);
            case TransactionOption.IdempotencyId:
                return value.Length is < 16 or > 255
                    ? new FerrisException(ErrorCode.InvalidOption, "An idempotency id has 16 to 255 bytes.")
                    : null;
            case TransactionOption.SpanParent:
                return value.Length != 33 ? WrongValue(option, "it has 33 bytes") : null;
            case TransactionOption.DebugRetryLogging or TransactionOption.AuthorizationToken:
                return null;
            case TransactionOption.InitializeNewDatabase when value.IsEmpty && (hasReadVersion || IsInitializing):
                return new FerrisException(
                    ErrorCode.ReadVersionAlreadySet,
                    "InitializeNewDatabase must be set before there is a read version.");
            case TransactionOption.UseGrvCache:
                return new FerrisException(ErrorCode.InvalidOption, "There is no cache of read versions in process.");
            default:
                return value.IsEmpty ? SetFlag(option, isUsed) : WrongValue(option, "it takes no value");
        }
    }

    /// <summary>The largest size limit that the database allows.</summary>
    public long SizeLimitBytesMax { get; init; }

    private FerrisException? SetFlag(TransactionOption option, bool isUsed)
    {
        switch (option)
        {
            case TransactionOption.NextWriteNoWriteConflictRange: NextWriteHasNoConflict = true; break;
            case TransactionOption.ReadYourWritesDisable when isUsed:
                return new FerrisException(
                    ErrorCode.ClientInvalidOperation, "ReadYourWritesDisable must be set before any read or write.");
            case TransactionOption.ReadYourWritesDisable: IsReadYourWritesDisabled = true; break;
            case TransactionOption.InitializeNewDatabase: IsInitializing = true; break;
            case TransactionOption.AccessSystemKeys:
                CanReadSystemKeys = CanWriteSystemKeys = HasRawAccess = true;
                break;
            case TransactionOption.ReadSystemKeys: CanReadSystemKeys = HasRawAccess = true; break;
            case TransactionOption.RawAccess: HasRawAccess = true; break;
            case TransactionOption.SnapshotReadYourWritesEnable: SnapshotReadYourWrites++; break;
            case TransactionOption.SnapshotReadYourWritesDisable: SnapshotReadYourWrites--; break;
            case TransactionOption.LockAware: IsLockAware = true; break;
            case TransactionOption.ReadLockAware: IsReadLockAware = true; break;
            case TransactionOption.UsedDuringCommitProtectionDisable: IsProtectionDisabled = true; break;
            case TransactionOption.ReportConflictingKeys: ReportsConflictingKeys = true; break;
            case TransactionOption.SpecialKeySpaceRelaxed: IsSpecialRelaxed = true; break;
            case TransactionOption.SpecialKeySpaceEnableWrites:
                CanWriteSpecialKeys = CanReadSystemKeys = CanWriteSystemKeys = HasRawAccess = true;
                break;
            case TransactionOption.BypassUnreadable: BypassesUnreadable = true; break;
            case TransactionOption.PriorityBatch: Priority = TransactionPriority.Batch; break;
            case TransactionOption.PrioritySystemImmediate: Priority = TransactionPriority.Immediate; break;
            case TransactionOption.LogTransaction when Identifier is null:
                return new FerrisException(
                    ErrorCode.ClientInvalidOperation, "LogTransaction needs a DebugTransactionIdentifier first.");
        }
        return null;
    }

    private static bool LeavesTenant(TransactionOption option) => option
        is TransactionOption.AccessSystemKeys or TransactionOption.ReadSystemKeys or TransactionOption.RawAccess
        or TransactionOption.UseProvisionalProxies;

    private FerrisException? AddTag(ReadOnlySpan<byte> value, bool isAutomatic)
    {
        if (Tags.Count == TagMessage.TagsMax)
            return new FerrisException(
                ErrorCode.TooManyTags, $"A transaction has at most {TagMessage.TagsMax} tags.");
        if (value.Length > TagMessage.TagBytesMax)
            return new FerrisException(
                ErrorCode.TagTooLong,
                $"A tag of {value.Length} bytes exceeds the limit of {TagMessage.TagBytesMax} bytes.");
        Tags = [.. Tags, new TransactionTag(value.ToArray(), isAutomatic)];
        return null;
    }

    private FerrisException? SetIdentifier(TransactionOption option, ReadOnlySpan<byte> value)
    {
        if (value.Length is < 1 or > 100)
            return WrongValue(option, "it has 1 to 100 bytes");
        var identifier = System.Text.Encoding.UTF8.GetString(value);
        if (Identifier is not null && Identifier != identifier)
            return new FerrisException(
                ErrorCode.ClientInvalidOperation, "A transaction's identifier cannot be changed.");
        Identifier = identifier;
        return null;
    }

    private static FerrisException? SetNumber(
        TransactionOption option, ReadOnlySpan<byte> value, long min, long max, ref long field)
    {
        if (value.Length != sizeof(long))
            return WrongValue(option, "it is a number of 8 bytes");
        var number = BinaryPrimitives.ReadInt64LittleEndian(value);
        if (number < min || number > max)
            return WrongValue(option, $"{number} is not between {min} and {max}");
        field = number;
        return null;
    }

    private static FerrisException WrongValue(TransactionOption option, string problem) =>
        new(ErrorCode.InvalidOptionValue, $"TransactionOption.{option} cannot be set so: {problem}.");
}
