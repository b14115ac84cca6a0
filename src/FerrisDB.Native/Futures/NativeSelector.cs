using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary><c>FDBKeySelector</c>: 20 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct NativeSelector
{
    public NativeKey Key;
    public int OrEqual;
    public int Offset;
}
