using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary><c>FDBKeyValue</c>: 24 bytes, a row.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct NativeKeyValue
{
    public NativeKey Key;
    public NativeKey Value;
}
