namespace FerrisDB;

/// <summary>
/// How <c>Transaction.Atomic</c> combines a key's value with an operand, at commit and without reading it first. Codes
/// and results are FoundationDB's.
/// </summary>
/// <remarks>
/// Numbers are little-endian, unsigned for comparisons, and as long as the operand: the value is cut or filled up with
/// zeros to that length.
/// </remarks>
public enum MutationType
{
    /// <summary>Adds the operand; an absent key becomes the operand.</summary>
    Add = 2,

    /// <summary>Bitwise and; an absent key becomes the operand.</summary>
    BitAnd = 6,

    /// <summary>Bitwise or; an absent key becomes the operand.</summary>
    BitOr = 7,

    /// <summary>Bitwise exclusive or; an absent key becomes the operand.</summary>
    BitXor = 8,

    /// <summary>Appends the operand if the result is no longer than a value may be; else changes nothing.</summary>
    AppendIfFits = 9,

    /// <summary>The larger number; an absent key becomes the operand.</summary>
    Max = 12,

    /// <summary>The smaller number; an absent key becomes the operand.</summary>
    Min = 13,

    /// <summary>
    /// Sets the key into which the commit's versionstamp is written: the last 4 bytes of the key are the offset where
    /// its 10 bytes go, little-endian, and are taken off.
    /// </summary>
    SetVersionstampedKey = 14,

    /// <summary>Sets the value into which the commit's versionstamp is written, as for a key.</summary>
    SetVersionstampedValue = 15,

    /// <summary>The smaller one in byte order; an absent key becomes the operand.</summary>
    ByteMin = 16,

    /// <summary>The larger one in byte order; an absent key becomes the operand.</summary>
    ByteMax = 17,

    /// <summary>Removes the key if its value is the operand.</summary>
    CompareAndClear = 20,
}
