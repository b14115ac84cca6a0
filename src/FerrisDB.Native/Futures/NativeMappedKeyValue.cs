using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>
/// <c>FDBMappedKeyValue</c>: 112 bytes, a row and the range that its mapper led to, with what was found there.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct NativeMappedKeyValue
{
    public NativeKey Key;
    public NativeKey Value;
    public NativeSelector Begin;
    public NativeSelector End;
    public NativeKeyValue* Rows;
    public int Count;
    public int Capacity;

    /// <summary>Belongs to the layout, and means nothing.</summary>
    public fixed byte Reserved[32];
}
