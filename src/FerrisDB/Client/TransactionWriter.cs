namespace FerrisDB;

/// <summary>The writes of a transaction: what is allowed goes into its map, the first error is kept.</summary>
internal readonly struct TransactionWriter(TransactionContext context)
{
    // No commit can be this large, and the buffers end at twice as much.
    private const long BytesMax = 1 << 30;

    private DatabaseOptions Options => context.Database.Options;

    public void Set(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        lock (context.Gate)
        {
            if (!TryBegin(out var addsConflict))
                return;
            if (!IsOrdinary(key, value) && !MayBeSet(key, value))
                return;
            context.Buffers.Set(key, value, addsConflict);
            if (context.HasWatches)
                FireWatches(key, value.ToArray());
        }
    }

    public void Clear(ReadOnlySpan<byte> key)
    {
        lock (context.Gate)
        {
            if (!TryBegin(out var addsConflict))
                return;
            if (KeyLimits.IsSpecial(key))
            {
                WriteSpecial(key, KeyAfter(key));
                return;
            }
            if (!KeyLimits.IsLegal(key, context.Settings.CanWriteSystemKeys))
            {
                context.Defer(KeyLimits.OutsideLegalRange(key));
                return;
            }
            // A key that cannot exist is clear already.
            if (key.Length > KeyLimits.ReadSizeMax(key, Options))
                return;
            context.Buffers.Clear(key, addsConflict);
            if (context.HasWatches)
                FireWatches(key, null);
        }
    }

    public void ClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        lock (context.Gate)
        {
            if (!TryBegin(out var addsConflict))
                return;
            if (KeyLimits.IsSpecial(begin) && begin.SequenceCompareTo(end) <= 0)
            {
                WriteSpecial(begin, end);
                return;
            }
            if (RangeError(begin, end, context.Settings.CanWriteSystemKeys) is { } error)
            {
                context.Defer(error);
                return;
            }
            begin = KeyLimits.Cut(begin, Options);
            end = KeyLimits.Cut(end, Options);
            if (begin.SequenceEqual(end))
                return;
            context.Buffers.ClearRange(begin, end, addsConflict);
            foreach (var watch in context.Watches)
            {
                if (begin.SequenceCompareTo(watch.Watch.Key) <= 0 && end.SequenceCompareTo(watch.Watch.Key) > 0)
                    watch.FireIfDifferent(watch.Watch.Key, null);
            }
        }
    }

    public void Atomic(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
    {
        kind = AtomicOps.Canonical(kind);
        lock (context.Gate)
        {
            if (!TryBegin(out var addsConflict))
                return;
            if (AtomicError(kind, key, operand) is { } error)
            {
                context.Defer(error);
                return;
            }
            if (kind == MutationKind.SetVersionstampedKey)
                context.WritesToChange.SetVersionstampedKey(key, operand, context.ReadVersion);
            else if (kind == MutationKind.SetVersionstampedValue)
                context.WritesToChange.SetVersionstampedValue(key, operand, addsConflict);
            else
                context.WritesToChange.Atomic(kind, key, operand, addsConflict);
        }
    }

    public void AddConflict(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool isWrite)
    {
        lock (context.Gate)
        {
            if (context.Refusal() is { } refusal)
            {
                context.Defer(refusal);
                return;
            }
            var withSystemKeys = isWrite ? context.Settings.CanWriteSystemKeys : context.Settings.CanReadSystemKeys;
            if (!isWrite && IsMetadataVersion(begin, end))
                withSystemKeys = true;
            if (RangeError(begin, end, withSystemKeys) is { } error)
            {
                context.Defer(error);
                return;
            }
            context.IsUsed = true;
            begin = KeyLimits.Cut(begin, Options);
            end = KeyLimits.Cut(end, Options);
            if (isWrite)
                context.WritesToChange.AddWriteConflict(begin, end);
            else
                ReadConflicts.Add(
                    context.Reads, context.Settings.IsReadYourWritesDisabled ? null : context.Writes, begin, end);
        }
    }

    private void WriteSpecial(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        if (!begin.SequenceEqual(end))
            context.Defer(SpecialKeySpace.Clear(context, begin, end));
    }

    private static byte[] KeyAfter(ReadOnlySpan<byte> key) => [.. key, 0];

    // A flag for the next write is used up by it, whatever becomes of it.
    private bool TryBegin(out bool addsConflict)
    {
        addsConflict = !context.Settings.NextWriteHasNoConflict;
        if (!addsConflict)
            context.ChangeSettings().NextWriteHasNoConflict = false;
        if (context.RefusalOfWrite() is { } refusal)
        {
            context.Defer(refusal);
            return false;
        }
        if (context.Buffers.ApproximateSizeBytes > BytesMax)
        {
            context.Defer(CommitSize.TooLarge(context.Buffers.ApproximateSizeBytes, context.Settings.SizeLimitBytes));
            return false;
        }
        context.IsUsed = true;
        return true;
    }

    // Nothing can be wrong with most: that is asked at once, without a call for each question.
    private bool IsOrdinary(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var options = Options;
        return !KeyLimits.IsSystem(key) && key.Length <= options.KeySizeLimitBytes
            && value.Length <= options.ValueSizeLimitBytes;
    }

    private bool MayBeSet(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (KeyLimits.IsSpecial(key))
        {
            context.Defer(SpecialKeySpace.Set(context, key, value));
            return false;
        }
        if ((KeyError(key) ?? ValueError(value)) is not { } error)
            return true;
        context.Defer(error);
        return false;
    }

    private FerrisException? KeyError(ReadOnlySpan<byte> key)
    {
        if (KeyLimits.IsSystem(key) && SystemKeyError(key) is { } error)
            return error;
        return KeyLimits.SizeError(key, Options, context.Settings.HasRawAccess);
    }

    private FerrisException? SystemKeyError(ReadOnlySpan<byte> key)
    {
        if (key.SequenceEqual(KeyLimits.MetadataVersionKey))
            return new FerrisException(
                ErrorCode.ClientInvalidOperation,
                "The metadata version is written by SetVersionstampedValue alone, with 14 zero bytes as its operand.");
        return KeyLimits.IsLegal(key, context.Settings.CanWriteSystemKeys) ? null : KeyLimits.OutsideLegalRange(key);
    }

    private FerrisException? ValueError(ReadOnlySpan<byte> value) => value.Length <= Options.ValueSizeLimitBytes
        ? null
        : new FerrisException(
            ErrorCode.ValueTooLarge,
            $"A value of {value.Length} bytes exceeds the limit of {Options.ValueSizeLimitBytes} bytes.");

    private FerrisException? AtomicError(MutationKind kind, ReadOnlySpan<byte> key, ReadOnlySpan<byte> operand)
    {
        if (!AtomicOps.Includes(kind)
            && kind is not (MutationKind.SetVersionstampedKey or MutationKind.SetVersionstampedValue))
            return new FerrisException(ErrorCode.InvalidMutationType, $"There is no atomic operation {(int)kind}.");
        if (kind == MutationKind.SetVersionstampedValue && IsZeros(operand)
            && operand.Length == VersionstampOperand.StampSize + VersionstampOperand.SuffixSize
            && key.SequenceEqual(KeyLimits.MetadataVersionKey))
            return null;
        if ((KeyError(key) ?? ValueError(operand)) is { } error)
            return error;
        var stamped = kind == MutationKind.SetVersionstampedKey ? key : operand;
        return AtomicOps.Includes(kind) || VersionstampOperand.IsValid(stamped)
            ? null
            : new FerrisException(
                ErrorCode.ClientInvalidOperation,
                "The last 4 bytes must be the offset of the 10 bytes of the versionstamp, little-endian, within the "
                    + "rest.");
    }

    private static FerrisException? RangeError(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end, bool withSystemKeys)
    {
        if (!KeyLimits.IsLegalEnd(begin, withSystemKeys))
            return KeyLimits.OutsideLegalRange(begin);
        if (!KeyLimits.IsLegalEnd(end, withSystemKeys))
            return KeyLimits.OutsideLegalRange(end);
#if FERRIS_CHECKED
        if (ClientBugs.Active == ClientBug.InvertedRangesAreAccepted)
            return null;
#endif
        return begin.SequenceCompareTo(end) <= 0
            ? null
            : new FerrisException(
                ErrorCode.InvertedRange,
                $"The range begins at {KeyText.Of(begin)}, behind its end {KeyText.Of(end)}.");
    }

    private static bool IsMetadataVersion(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end) =>
        begin.SequenceEqual(KeyLimits.MetadataVersionKey) && end.Length == begin.Length + 1 && end.StartsWith(begin);

    private static bool IsZeros(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);

    private void FireWatches(ReadOnlySpan<byte> key, byte[]? value)
    {
        foreach (var watch in context.Watches)
            watch.FireIfDifferent(key, value);
    }
}
