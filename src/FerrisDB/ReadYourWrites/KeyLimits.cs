namespace FerrisDB;

/// <summary>Which keys a transaction may touch, and how long they may be.</summary>
internal static class KeyLimits
{
    /// <summary>
    /// Bytes that a key may be longer when it is only looked for, or written with raw access: where there are tenants,
    /// a prefix would take them.
    /// </summary>
    public const int PrefixBytes = 8;

    /// <summary>The end of all keys of users.</summary>
    public static readonly byte[] UserEnd = [0xff];

    /// <summary>The end of all keys that are stored.</summary>
    public static readonly byte[] SystemEnd = [0xff, 0xff];

    /// <summary>Changes whenever a client's cached metadata may be out of date; anybody may read it.</summary>
    public static readonly byte[] MetadataVersionKey = [0xff, .. "/metadataVersion"u8];

    /// <summary>The first key that a transaction may not touch.</summary>
    public static byte[] End(bool withSystemKeys) => withSystemKeys ? SystemEnd : UserEnd;

    /// <summary>A key, or the end of all that may be touched if the key lies behind that.</summary>
    public static byte[] Clamp(byte[] key, bool withSystemKeys) =>
        IsLegalEnd(key, withSystemKeys) ? key : End(withSystemKeys);

    public static bool IsSystem(ReadOnlySpan<byte> key) => key is [0xff, ..];

    public static bool IsSpecial(ReadOnlySpan<byte> key) => key is [0xff, 0xff, ..];

    /// <summary>True if a key may be read or written.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> key, bool withSystemKeys) =>
        withSystemKeys ? !IsSpecial(key) : !IsSystem(key);

    /// <summary>True if a key may end a range, or be where a selector looks.</summary>
    public static bool IsLegalEnd(ReadOnlySpan<byte> key, bool withSystemKeys) =>
        key.SequenceCompareTo(End(withSystemKeys)) <= 0;

    /// <summary>What is wrong with the length of a key that is written, or null.</summary>
    public static FerrisException? SizeError(ReadOnlySpan<byte> key, DatabaseOptions options, bool hasRawAccess)
    {
        var limit = options.KeySizeLimitBytes;
        if (key.Length <= limit)
            return null;
        if (IsSystem(key))
            limit = DatabaseOptions.SystemKeySizeLimitBytes;
        else if (hasRawAccess)
            limit = options.RawKeySizeLimitBytes;
        return key.Length <= limit
            ? null
            : new FerrisException(
                ErrorCode.KeyTooLarge, $"A key of {key.Length} bytes exceeds the limit of {limit} bytes.");
    }

    /// <summary>Bytes of a key that may exist: a longer one is absent.</summary>
    public static int ReadSizeMax(ReadOnlySpan<byte> key, DatabaseOptions options) =>
        IsSystem(key) ? DatabaseOptions.SystemKeySizeLimitBytes : options.KeySizeLimitBytes + PrefixBytes;

    /// <summary>The end of a range, cut so that nothing that exists is missed or added.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> key, DatabaseOptions options)
    {
        var max = ReadSizeMax(key, options) + 1;
        return key.Length <= max ? key : key[..max];
    }

    public static FerrisException OutsideLegalRange(ReadOnlySpan<byte> key) => new(
        ErrorCode.KeyOutsideLegalRange,
        $"The key {KeyText.Of(key)} lies outside what the transaction may touch. Keys from \\xff on belong to the "
            + "system: see TransactionOption.AccessSystemKeys and ReadSystemKeys.");
}
