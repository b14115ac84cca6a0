using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>What a future has: a number, or memory that it owns.</summary>
/// <param name="Kind">Which getters it is for.</param>
/// <param name="Number">The number; of a real one its bits; of a handle the handle.</param>
/// <param name="Memory">One block of native memory with everything in it, or zero.</param>
/// <param name="Length">Bytes, or elements of the array at the start of the memory.</param>
/// <param name="Flag">A value is present; there are more rows.</param>
internal readonly record struct FutureResult(FutureKind Kind, long Number, nint Memory, int Length, bool Flag)
{
    public static FutureResult Nothing { get; } = new(FutureKind.Nothing, 0, 0, 0, false);

    public static FutureResult OfNumber(long number) => new(FutureKind.Number, number, 0, 0, false);

    public static FutureResult OfReal(double number) =>
        new(FutureKind.Real, BitConverter.DoubleToInt64Bits(number), 0, 0, false);

    public static FutureResult OfHandle(FutureKind kind, nint handle) => new(kind, handle, 0, 0, false);

    public static unsafe FutureResult OfKey(ReadOnlySpan<byte> key) =>
        new(FutureKind.Key, 0, (nint)Copy(key), key.Length, true);

    public static unsafe FutureResult OfValue(byte[]? value) => value is null
        ? new FutureResult(FutureKind.Value, 0, 0, 0, false)
        : new FutureResult(FutureKind.Value, 0, (nint)Copy(value), value.Length, true);

    /// <summary>What was read into memory, which is the result's from now on.</summary>
    public static FutureResult OfValue(ValueWriter writer)
    {
        nint block = 0;
        return new FutureResult(FutureKind.Value, 0, writer.Detach(ref block), writer.Length, true);
    }

    /// <summary>Gives the memory back. Nobody may look at the result any more.</summary>
    public unsafe void Free() => NativeMemory.Free((void*)Memory);

    /// <summary>Gives a block of memory back, if there is one.</summary>
    public static unsafe void Free(ref nint block)
    {
        NativeMemory.Free((void*)block);
        block = 0;
    }

    // Empty bytes have a place too: some clients take a null pointer for absence.
    private static unsafe byte* Copy(ReadOnlySpan<byte> bytes)
    {
        var memory = (byte*)NativeMemory.Alloc((nuint)Math.Max(bytes.Length, 1));
        bytes.CopyTo(new Span<byte>(memory, bytes.Length));
        return memory;
    }
}
