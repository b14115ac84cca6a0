namespace FerrisDB.Bench;

/// <summary>
/// An engine answered with something other than what was stored: its cell counts as failed, not as fast.
/// </summary>
internal sealed class WrongDataException(string message) : Exception(message);
