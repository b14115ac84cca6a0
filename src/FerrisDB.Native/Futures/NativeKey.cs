using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary><c>FDBKey</c>: 12 bytes, a pointer and a length.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct NativeKey
{
    public byte* Bytes;
    public int Length;
}
