namespace FerrisDB.TestKit;

/// <summary>The power failed, or the process was killed: nothing that the disk is asked for happens any more.</summary>
/// <remarks>Not an error that the engine could handle: it only unwinds to the test.</remarks>
internal sealed class PowerFailureException(string what) : Exception(what);
