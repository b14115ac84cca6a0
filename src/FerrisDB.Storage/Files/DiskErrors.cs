using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FerrisDB.Storage;

/// <summary>
/// Translates what the operating system says into <see cref="FerrisException"/>s that name path and operation.
/// </summary>
internal static class DiskErrors
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>Says why the last system call failed.</summary>
    public static FerrisException FromLastCall(string operation, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        var detail = $"{Marshal.GetPInvokeErrorMessage(error)} (errno {error})";
        return error switch
        {
            LinuxCalls.ErrorNotFound => FileErrors.NotFound(operation, path),
            LinuxCalls.ErrorNoSpace or LinuxCalls.ErrorQuota => FileErrors.DiskFull(operation, path, detail),
            _ => FileErrors.Failed(operation, path, detail),
        };
    }

    /// <summary>Makes a system call, again if a signal interrupted it; throws if it fails.</summary>
    public static void Call(string operation, string path, SafeFileHandle file, Func<SafeFileHandle, int> call)
    {
        while (call(file) != 0)
        {
            if (Marshal.GetLastPInvokeError() != LinuxCalls.ErrorInterrupted)
                throw FromLastCall(operation, path);
        }
    }

    /// <summary>
    /// Whether .NET reports a failure of the disk this way; the last is its word for a file that is too large.
    /// </summary>
    public static bool IsDiskFailure(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    public static FerrisException FromException(string operation, string path, Exception exception)
    {
        var detail = exception.Message.TrimEnd('.');
        if (exception is FileNotFoundException or DirectoryNotFoundException)
            return FileErrors.NotFound(operation, path, exception);
        // On Unix .NET keeps errno in HResult.
        return exception.HResult is LinuxCalls.ErrorNoSpace or LinuxCalls.ErrorQuota or WindowsDiskFull
            ? FileErrors.DiskFull(operation, path, detail, exception)
            : FileErrors.Failed(operation, path, detail, exception);
    }
}
