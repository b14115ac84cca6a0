namespace FerrisDB.Native;

/// <summary>What an <c>FDBResult*</c> stands for: there is only one, which nobody can get anything from.</summary>
internal sealed class ResultHandle
{
    public static ResultHandle Unsupported { get; } = new();
}
