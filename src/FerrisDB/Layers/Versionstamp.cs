using System.Buffers.Binary;
using System.Globalization;

namespace FerrisDB.Layers;

/// <summary>
/// When something was committed, as 12 bytes that grow with every commit: the commit's version, the transaction's order
/// in its batch, and a number of the user's own that orders what one transaction writes.
/// </summary>
/// <remarks>
/// The version is known only at commit. A transaction therefore writes an <see cref="Incomplete"/> one, with
/// <see cref="MutationType.SetVersionstampedKey"/> or <see cref="MutationType.SetVersionstampedValue"/> and an operand
/// of <see cref="TupleEncoding.PackWithVersionstamp"/>; the database fills in the first 10 bytes.
/// </remarks>
public readonly record struct Versionstamp : IComparable<Versionstamp>
{
    /// <summary>Bytes of a versionstamp in a tuple.</summary>
    public const int SizeBytes = CommitSizeBytes + sizeof(ushort);

    /// <summary>Bytes that the database writes: version and order, without the user's part.</summary>
    public const int CommitSizeBytes = sizeof(ulong) + sizeof(ushort);

    /// <summary>Creates a complete versionstamp.</summary>
    /// <param name="version">The version of the commit.</param>
    /// <param name="batchOrder">The order among the transactions with this version.</param>
    /// <param name="userVersion">The order among what the transaction writes.</param>
    public Versionstamp(long version, ushort batchOrder, ushort userVersion = 0)
    {
        Version = version;
        BatchOrder = batchOrder;
        UserVersion = userVersion;
    }

    /// <summary>The version of the commit; -1 in an incomplete versionstamp.</summary>
    public long Version { get; }

    /// <summary>The transaction's place among those with the same version; 65,535 in an incomplete one.</summary>
    public ushort BatchOrder { get; }

    /// <summary>The user's own part, which orders what one transaction writes.</summary>
    public ushort UserVersion { get; }

    /// <summary>False if the database has yet to fill in version and order.</summary>
    public bool IsComplete => Version != -1 || BatchOrder != ushort.MaxValue;

    /// <summary>A versionstamp whose version the commit will fill in.</summary>
    public static Versionstamp Incomplete(ushort userVersion = 0) => new(-1, ushort.MaxValue, userVersion);

    /// <summary>Reads a versionstamp of 12 bytes, or one of 10 as the database returns it (user version 0).</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidVersionstampSize"/>: another length.</exception>
    public static Versionstamp FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is not (CommitSizeBytes or SizeBytes))
        {
            throw new FerrisException(
                ErrorCode.InvalidVersionstampSize,
                $"A versionstamp has {SizeBytes} bytes, or {CommitSizeBytes} without the user version; these are "
                    + $"{bytes.Length}.");
        }
        return new(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[sizeof(ulong)..]),
            bytes.Length == SizeBytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes[CommitSizeBytes..]) : (ushort)0);
    }

    /// <summary>This user version, with the version and order of <paramref name="commit"/>.</summary>
    public Versionstamp CompletedBy(Versionstamp commit) => new(commit.Version, commit.BatchOrder, UserVersion);

    /// <summary>Writes the 12 bytes to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter.</exception>
    public void WriteTo(Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, SizeBytes, nameof(destination));
        BinaryPrimitives.WriteInt64BigEndian(destination, Version);
        BinaryPrimitives.WriteUInt16BigEndian(destination[sizeof(ulong)..], BatchOrder);
        BinaryPrimitives.WriteUInt16BigEndian(destination[CommitSizeBytes..], UserVersion);
    }

    /// <summary>The 12 bytes, in a new array.</summary>
    public byte[] ToByteArray()
    {
        var bytes = new byte[SizeBytes];
        WriteTo(bytes);
        return bytes;
    }

    /// <summary>Orders by version, order in the batch and user version: incomplete ones come last.</summary>
    public int CompareTo(Versionstamp other)
    {
        var byVersion = ((ulong)Version).CompareTo((ulong)other.Version);
        if (byVersion != 0)
            return byVersion;
        var byOrder = BatchOrder.CompareTo(other.BatchOrder);
        return byOrder != 0 ? byOrder : UserVersion.CompareTo(other.UserVersion);
    }

    /// <summary>True if <paramref name="left"/> was committed before <paramref name="right"/>.</summary>
    public static bool operator <(Versionstamp left, Versionstamp right) => left.CompareTo(right) < 0;

    /// <summary>True if <paramref name="left"/> was committed after <paramref name="right"/>.</summary>
    public static bool operator >(Versionstamp left, Versionstamp right) => left.CompareTo(right) > 0;

    /// <summary>True unless <paramref name="left"/> was committed after <paramref name="right"/>.</summary>
    public static bool operator <=(Versionstamp left, Versionstamp right) => left.CompareTo(right) <= 0;

    /// <summary>True unless <paramref name="left"/> was committed before <paramref name="right"/>.</summary>
    public static bool operator >=(Versionstamp left, Versionstamp right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// The 10 bytes in hexadecimal, a colon, the user version; "incomplete" instead of what is not known.
    /// </summary>
    public override string ToString() => IsComplete
        ? string.Create(CultureInfo.InvariantCulture, $"{Version:x16}{BatchOrder:x4}:{UserVersion}")
        : string.Create(CultureInfo.InvariantCulture, $"incomplete:{UserVersion}");
}
