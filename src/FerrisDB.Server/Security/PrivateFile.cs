namespace FerrisDB.Server;

/// <summary>
/// Writes files that hold secrets, or decide who may do what: for their owner alone, and never by half.
/// </summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes a file, or replaces it: whoever reads it meanwhile finds the old one or the new one.</summary>
    /// <param name="path">Where.</param>
    /// <param name="text">What it says.</param>
    /// <param name="isPublic">Others may read it too.</param>
    /// <exception cref="FerrisException"><see cref="ErrorCode.IoError"/>.</exception>
    public static void Write(string path, string text, bool isPublic = false)
    {
        var temporary = new FileInfo(path + ".tmp");
        try
        {
            temporary.Delete();
            using (var writer = new StreamWriter(temporary.Open(How(FileMode.Create, isPublic))))
                writer.Write(text);
            temporary.MoveTo(path, overwrite: true);
            // The new content is on the disk; that the name stands for it must be, too.
            FolderSync.Of(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(ErrorCode.IoError, $"{path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Adds bytes to the end of a file, and creates it if there is none.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.IoError"/>.</exception>
    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using Stream file = new FileInfo(path).Open(How(FileMode.Append, isPublic: false));
            file.Write(bytes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(ErrorCode.IoError, $"{path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>Opens a file, which is created if there is none, so that nobody else can open it like this.</summary>
    public static Stream OpenAlone(string path)
    {
        var how = How(FileMode.OpenOrCreate, isPublic: false);
        how.Share = FileShare.None;
        return new FileInfo(path).Open(how);
    }

    private static FileStreamOptions How(FileMode mode, bool isPublic)
    {
        // Written through to the disk: what was revoked must not come back with the power.
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.Write,
            Options = FileOptions.WriteThrough,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = isPublic ? Everybody : OwnerOnly;
        return options;
    }
}
