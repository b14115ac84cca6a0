using System.Buffers.Binary;

namespace FerrisDB.Server;

// In the database itself, so that they go where it goes, under the name that FoundationDB has for them:
//
//     \xff\x02/throttledTags/tag/ TAG                   starts a second, a double (8) | ends at, ms since 1970 (8)
//     \xff\x02/throttledTags/autoThrottlingEnabled      0 or 1, as a character
//
// Little-endian. What a server throttles by itself is not kept: the next one looks for itself.

/// <summary>Keeps what operators say about tags for the next server.</summary>
internal sealed class ThrottleStore(Database database, TimeProvider clock)
{
    private const int ValueBytes = sizeof(double) + sizeof(long);

    private static ReadOnlySpan<byte> Names => "/throttledTags/"u8;

    private static byte[] AutoKey => [0xff, 0x02, .. Names, .. "autoThrottlingEnabled"u8];

    private static byte[] TagPrefix => [0xff, 0x02, .. Names, .. "tag/"u8];

    /// <summary>Throttles as it was said, where the time is not over.</summary>
    public async ValueTask LoadAsync(RoleServer roles)
    {
        var prefix = TagPrefix;
        using var reading = database.CreateTransaction();
        reading.SetOption(TransactionOption.ReadSystemKeys);
        reading.SetOption(TransactionOption.ReadLockAware);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var row in await reading.GetRangeAsync(RangeOf(prefix)))
        {
            if (row.Value.Length != ValueBytes)
                continue;
            var value = row.Value.Span;
            var left = BinaryPrimitives.ReadInt64LittleEndian(value[sizeof(double)..]) - now;
            if (left > 0)
                roles.Tags.TrySet(new TagThrottle(
                    row.Key.Span[prefix.Length..].ToArray(), BinaryPrimitives.ReadDoubleLittleEndian(value),
                    clock.GetTimestamp() + (long)(left / 1000.0 * clock.TimestampFrequency)));
        }
        roles.HotTags.IsEnabled = await reading.GetAsync(AutoKey) is not [(byte)'0'];
    }

    /// <summary>Keeps an order that is obeyed.</summary>
    /// <exception cref="FerrisException">It could not be written: it counts until the server ends.</exception>
    public void Keep(ThrottleOrder order)
    {
        try
        {
            // Orders are rare, and answered one after the other.
            database.RunAsync(transaction => Write(transaction, order)).AsTask().GetAwaiter().GetResult();
        }
        catch (FerrisException failure)
        {
            throw new FerrisException(
                failure.Code,
                $"It counts now, but could not be written down and ends with the server: {failure.Message}", failure);
        }
    }

    private void Write(Transaction transaction, ThrottleOrder order)
    {
        transaction.SetOption(TransactionOption.AccessSystemKeys);
        transaction.SetOption(TransactionOption.LockAware);
        if (order.Automatic is { } isEnabled)
            transaction.Set(AutoKey, isEnabled ? "1"u8 : "0"u8);
        else if (order.IsOn)
            transaction.Set([.. TagPrefix, .. order.Tag!], ValueOf(order));
        else if (order.Tag is { } tag)
            transaction.Clear([.. TagPrefix, .. tag]);
        else
            transaction.ClearRange(RangeOf(TagPrefix));
    }

    private byte[] ValueOf(ThrottleOrder order)
    {
        var value = new byte[ValueBytes];
        BinaryPrimitives.WriteDoubleLittleEndian(value, order.StartsPerSecond);
        BinaryPrimitives.WriteInt64LittleEndian(
            value.AsSpan(sizeof(double)), (clock.GetUtcNow() + order.Time).ToUnixTimeMilliseconds());
        return value;
    }

    private static KeyRange RangeOf(byte[] prefix) => new(prefix, [.. prefix[..^1], (byte)(prefix[^1] + 1)]);
}
