namespace FerrisDB.Testing;

/// <summary>What becomes of a commit or a read.</summary>
/// <param name="Code">What it fails with, or null if it does not.</param>
/// <param name="Delay">How long it waits before.</param>
/// <param name="IsCommitted">A commit takes effect, whatever its caller is told.</param>
internal readonly record struct Fault(ErrorCode? Code, TimeSpan Delay, bool IsCommitted)
{
    public FerrisException ToException() => new(Code!.Value, $"{Code} was injected by FerrisDB.Testing.");
}
