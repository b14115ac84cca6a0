namespace FerrisDB.Transactions;

/// <summary>Makes what has become of the names in a folder survive power loss.</summary>
internal static class FolderSync
{
    /// <summary>Syncs the folder in which a file lies: after it was created, renamed or replaced.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.IoError"/>.</exception>
    public static void Of(string file) =>
        Blocking.Wait(new DiskFileSystem().SyncDirectoryAsync(Path.GetDirectoryName(Path.GetFullPath(file))!));
}
