using System.Buffers.Binary;

namespace FerrisDB.Transactions;

// A tenant is a number, and its keys are those of users behind the number: 8 bytes, big-endian. What a transaction of
// the tenant calls "a" is this key to everybody below:
//
//     00 00 00 00 00 00 00 05 | a
//
// Numbers are never used again, so that whoever still holds the number of a tenant that was deleted finds no other one.
// Which tenants there are is written among the keys of the system, all numbers big-endian:
//
//     \xff/conf/tenant_mode            a digit: TenantMode; absent is 0
//     \xff/tenant/count                how many there are
//     \xff/tenant/lastId               the number of the newest one
//     \xff/tenant/map/      number     the tenant's name
//     \xff/tenant/nameIndex/ name      the tenant's number

/// <summary>Where it is written which tenants there are.</summary>
internal static class TenantKeys
{
    /// <summary>The number of no tenant.</summary>
    public const long NoTenant = -1;

    /// <summary>Bytes that a tenant's keys have in front.</summary>
    public const int PrefixSize = sizeof(long);

    /// <summary>Bytes of the key of an entry.</summary>
    public static int EntrySize => Map.Length + PrefixSize;

    /// <summary>The mode.</summary>
    public static readonly byte[] Mode = [0xff, .. "/conf/tenant_mode"u8];

    /// <summary>How many tenants there are.</summary>
    public static readonly byte[] Count = [0xff, .. "/tenant/count"u8];

    /// <summary>The number of the newest tenant.</summary>
    public static readonly byte[] LastId = [0xff, .. "/tenant/lastId"u8];

    /// <summary>Names by number.</summary>
    public static readonly byte[] Map = [0xff, .. "/tenant/map/"u8];

    /// <summary>Numbers by name.</summary>
    public static readonly byte[] Names = [0xff, .. "/tenant/nameIndex/"u8];

    /// <summary>The first key behind all names.</summary>
    public static readonly byte[] NamesEnd = [0xff, .. "/tenant/nameIndex0"u8];

    /// <summary>What the keys of a tenant begin with.</summary>
    public static byte[] Prefix(long id)
    {
        var prefix = new byte[PrefixSize];
        BinaryPrimitives.WriteInt64BigEndian(prefix, id);
        return prefix;
    }

    /// <summary>Where the name of a tenant is.</summary>
    public static byte[] Entry(long id) => [.. Map, .. Prefix(id)];

    /// <summary>Where the number of a tenant is.</summary>
    public static byte[] Name(ReadOnlySpan<byte> name) => [.. Names, .. name];

    /// <summary>A number as it is written; of nothing the one that is given.</summary>
    public static long Number(ReadOnlySpan<byte> value, long absent) =>
        value.Length == sizeof(long) ? BinaryPrimitives.ReadInt64BigEndian(value) : absent;

    /// <summary>The mode as it is written.</summary>
    public static TenantMode ModeOf(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'1'] => TenantMode.Optional,
        [(byte)'2'] => TenantMode.Required,
        _ => TenantMode.Disabled,
    };
}
