namespace FerrisDB.Cli;

/// <summary>Files of the user that are no part of a database; <c>-</c> is the standard stream.</summary>
internal static class UserFiles
{
    public const string Standard = "-";

    /// <summary>Opens a file to read.</summary>
    /// <param name="file">Its path, or <c>-</c>.</param>
    /// <param name="console">Whose standard input is meant.</param>
    /// <param name="length">Bytes of the file, 0 if unknown.</param>
    public static Stream OpenRead(string file, CliConsole console, out long length)
    {
        length = 0;
        if (file == Standard)
            return console.Input;
        var info = new FileInfo(file);
        if (!info.Exists)
            throw new UsageException($"There is no file {file}.");
        length = info.Length;
        return info.OpenRead();
    }

    /// <summary>Creates a file, or empties it.</summary>
    public static CountingStream OpenWrite(string file, CliConsole console)
    {
        console.Out.Flush();
        return file == Standard
            ? new CountingStream(console.Output, leaveOpen: true)
            : new CountingStream(new FileInfo(file).Open(FileMode.Create, FileAccess.Write), leaveOpen: false);
    }
}
