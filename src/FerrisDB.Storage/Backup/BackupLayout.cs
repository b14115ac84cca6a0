using System.Globalization;

namespace FerrisDB.Storage;

// What a target holds, a folder or a store of objects alike:
//
//     FERRISDB-BACKUP         what this is, and whether it is encrypted                        (BackupHeader)
//     backups/000001          one backup: its versions, and its files with their hashes        (BackupManifest)
//     backups/000002          a backup counts once this is there; it is written last
//     objects/3f6c...e1       the bytes of one file, shared by all backups that have it
//     LOCK                    of a folder: held by who changes it, shared by who reads
//
// An object is named by the SHA-256 of its bytes. If the target is encrypted, all but the header is sealed
// (SealedFormat), and the name is a keyed hash of that hash: it tells nobody what is inside.

/// <summary>The names of what a backup target holds.</summary>
internal static class BackupLayout
{
    public const string Header = "FERRISDB-BACKUP";
    public const string Lock = "LOCK";
    public const string Backups = "backups";
    public const string Objects = "objects";

    private const string NumberFormat = "D6";

    public static string IdOf(long number) => number.ToString(NumberFormat, CultureInfo.InvariantCulture);

    /// <summary>The number of a backup by its name, or null for what is no backup.</summary>
    public static long? NumberOf(string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && IdOf(number) == id
            ? number
            : null;

    public static string ManifestOf(string id) => $"{Backups}/{id}";

    public static string ObjectOf(string name) => $"{Objects}/{name}";
}
