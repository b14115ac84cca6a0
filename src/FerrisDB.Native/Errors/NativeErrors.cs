namespace FerrisDB.Native;

/// <summary>The codes that only this interface knows, and the code of any failure.</summary>
internal static class NativeErrors
{
    public const int FutureReleased = 1102;
    public const int OutOfMemory = 1501;
    public const int FileNotReadable = 1513;
    public const int NetworkNotSetup = 2008;
    public const int NetworkAlreadySetup = 2009;
    public const int InvalidDatabaseName = 2013;
    public const int NetworkCannotBeRestarted = 2025;
    public const int BlockedFromNetworkThread = 2026;
    public const int TenantNotFound = 2131;
    public const int SnapshotPathNotAllowed = 2505;
    public const int SnapshotInvalidUid = 2509;
    public const int UnknownError = 4000;
    public const int InternalError = 4100;

    /// <summary>The code of a failure: a bug of ours, if it is nothing else.</summary>
    public static int CodeOf(Exception failure) => failure switch
    {
        FerrisException error => (int)error.Code,
        ObjectDisposedException => (int)ErrorCode.TransactionCancelled,
        OperationCanceledException => (int)ErrorCode.OperationCancelled,
        ArgumentException => (int)ErrorCode.ClientInvalidOperation,
        OutOfMemoryException => OutOfMemory,
        IOException or UnauthorizedAccessException => (int)ErrorCode.IoError,
        _ => InternalError,
    };
}
