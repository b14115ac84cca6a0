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
            // Written through to the disk: what was revoked must not come back with the power.
            var options = new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Options = FileOptions.WriteThrough,
            };
            temporary.Delete();
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = isPublic ? Everybody : OwnerOnly;
            using (var writer = new StreamWriter(temporary.Open(options)))
                writer.Write(text);
            temporary.MoveTo(path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(ErrorCode.IoError, $"{path} cannot be written: {failure.Message}", failure);
        }
    }
}
