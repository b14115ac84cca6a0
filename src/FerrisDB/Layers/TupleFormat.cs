namespace FerrisDB.Layers;

// A packed tuple is its elements, one after the other. Each starts with a code that tells its type, and ends where the
// code or the content says. Bytes compare like the values: first by type, in the order of the codes.
//
//     code        element            what follows
//     00          null               nothing; in a nested tuple an ff, to tell it from the end
//     01          bytes              the bytes, each 00 as 00 ff; then 00
//     02          string             its UTF-8, each 00 as 00 ff; then 00
//     05          nested tuple       its elements; then 00
//     0b          negative integer   n ^ ff, then n bytes (9 to 255): big-endian, one's complement
//     0c .. 13    negative integer   14 - code bytes: big-endian, one's complement
//     14          zero               nothing
//     15 .. 1c    positive integer   code - 14 bytes: big-endian
//     1d          positive integer   n, then n bytes (9 to 255): big-endian
//     20, 21      float, double      4 or 8 bytes: IEEE 754, big-endian; all bits flipped if the sign is set, else the
//                                    sign alone, so that -0 comes before 0, and NaNs lie beyond the infinities
//     26, 27      false, true        nothing
//     30          UUID               16 bytes, in the order in which it is written (RFC 9562)
//     33          versionstamp       8 bytes version, 2 bytes order in the batch, 2 bytes of the user; big-endian
//
// An integer takes the fewest bytes that hold its magnitude. This is FoundationDB's format (its design/tuple.md), byte
// for byte; codes that it only reserves are refused.
internal static class TupleFormat
{
    public const byte Null = 0x00;
    public const byte Bytes = 0x01;
    public const byte String = 0x02;
    public const byte Nested = 0x05;
    public const byte NegativeBig = 0x0b;
    public const byte NegativeFirst = 0x0c;
    public const byte Zero = 0x14;
    public const byte PositiveLast = 0x1c;
    public const byte PositiveBig = 0x1d;
    public const byte Float = 0x20;
    public const byte Double = 0x21;
    public const byte False = 0x26;
    public const byte True = 0x27;
    public const byte Uuid = 0x30;
    public const byte Versionstamp = 0x33;

    /// <summary>Ends bytes, strings and nested tuples.</summary>
    public const byte End = 0x00;

    /// <summary>Behind a zero: it belongs to the content.</summary>
    public const byte Escape = 0xff;

    public const int UuidSize = 16;
    public const int BigIntegerBytesMax = 255;

    /// <summary>
    /// How deep tuples may be nested in tuples: far beyond any use, and few enough that no key exhausts the stack.
    /// </summary>
    public const int NestingDepthMax = 100;
}
