using Microsoft.Extensions.Options;

namespace FerrisDB.Extensions;

/// <summary>Opens the database of an application, and says what its owner can do if that fails.</summary>
internal static class DatabaseOpening
{
    public static Database Open(IOptions<FerrisDbOptions> options)
    {
        var wanted = options.Value;
        if (wanted.InMemory)
            return Database.OpenInMemory(wanted.ToDatabaseOptions());
        if (!string.IsNullOrWhiteSpace(wanted.ConnectionString))
            return Database.Connect(wanted.ConnectionString, wanted.ToDatabaseOptions());
        try
        {
            return Database.Open(wanted.Folder!, wanted.ToDatabaseOptions());
        }
        catch (FerrisException locked) when (locked.Code == ErrorCode.FolderLocked)
        {
            throw new FerrisException(
                ErrorCode.FolderLocked,
                $"The database of this application could not be opened. {locked.Message} Is another instance of the "
                    + "application running, or a `ferrisdb` command? Instances cannot share a folder.",
                locked);
        }
    }
}
