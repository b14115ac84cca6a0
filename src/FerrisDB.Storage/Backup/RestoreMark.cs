using System.Text;

namespace FerrisDB.Storage;

// A folder that is being restored to has a file RESTORING, one line of text:
//
//     backup 000002 version 7500 of /backups/mydb
//
// It is there before the first file of the database, and goes when the database is whole. The engine does not open a
// folder that has it and no CURRENT. A restore of the same goes on in the folder; any other is refused.

/// <summary>The file that says of a folder that it is being restored to.</summary>
internal static class RestoreMark
{
    public const string FileName = "RESTORING";

    private const string TemporaryName = FileName + ".tmp";
    private const int TextBytesMax = 4096;

    public static string Describe(string location, string backupId, long version) =>
        $"backup {backupId} version {version} of {location}\n";

    /// <summary>What a folder is being restored from, or null.</summary>
    public static string? Read(IFileSystem files, string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!files.FileExists(path))
            return null;
        using var file = files.Open(path, FileAccess.Read);
        var content = new byte[TextBytesMax];
        return Encoding.UTF8.GetString(content, 0, file.Read(0, content));
    }

    public static async ValueTask WriteAsync(IFileSystem files, string folder, string text)
    {
        var temporary = Path.Combine(folder, TemporaryName);
        using (var file = files.Create(temporary))
        {
            await file.WriteAsync(0, Encoding.UTF8.GetBytes(text));
            await file.SyncAsync();
        }
        files.Rename(temporary, Path.Combine(folder, FileName));
        await files.SyncDirectoryAsync(folder);
    }

    public static async ValueTask DeleteAsync(IFileSystem files, string folder)
    {
        files.Delete(Path.Combine(folder, FileName));
        await files.SyncDirectoryAsync(folder);
    }

    /// <summary>True for what a folder may have that is to be restored to, beside nothing.</summary>
    public static bool IsOfNoMatter(string name) => name is FileNames.Lock or TemporaryName;

    public static FerrisException Interrupted(string folder, string text) =>
        new(ErrorCode.FileNotFound,
            $"There is no database in {folder}: a restore of {text.TrimEnd()} was interrupted. Run it again, and it "
                + "goes on where it stopped; or delete the folder.");
}
