namespace FerrisDB.Native;

/// <summary>A function of the program that wants to know when a future is ready.</summary>
/// <param name="Function">A <c>void (*)(FDBFuture*, void*)</c>.</param>
/// <param name="Argument">What it is called with besides the future.</param>
/// <param name="Next">One that was added before; it is called afterwards.</param>
internal sealed record FutureCallback(nint Function, nint Argument, FutureCallback? Next);
