namespace FerrisDB.Transactions;

/// <summary>The roles of an open folder, or memory, and how many databases of this process share them.</summary>
internal sealed class SharedRoles(FolderIdentity? identity, EmbeddedRoles roles)
{
    /// <summary>The folder; null if nobody else can share it.</summary>
    public FolderIdentity? Identity => identity;

    public EmbeddedRoles Roles => roles;

    /// <summary>Under the lock of <see cref="OpenFolders"/>.</summary>
    public int Holders { get; set; } = 1;
}
