namespace FerrisDB.Storage;

// FERRISDB-BACKUP, the only file that is never encrypted (CheckedText):
//
//     ferrisdb backups 1
//     encryption none                        or aes-256-gcm
//     check 5e884898da28...                  of the key, if there is one
//     sha256 ...

/// <summary>Says of a place that it holds backups, and with which key they are encrypted.</summary>
/// <param name="KeyCheck">Recognizes the key; null if nothing is encrypted.</param>
internal sealed record BackupHeader(string? KeyCheck)
{
    private const int FormatVersion = 1;
    private const string FormatWord = "ferrisdb backups ";
    private const string Plain = "encryption none";
    private const string Encrypted = "encryption aes-256-gcm";
    private const string CheckWord = "check ";

    public byte[] Format()
    {
        string[] lines = KeyCheck is null ? [Plain] : [Encrypted, CheckWord + KeyCheck];
        return CheckedText.Format([$"{FormatWord}{FormatVersion}", .. lines]);
    }

    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileCorrupt"/>, <see cref="ErrorCode.FormatTooNew"/>
    /// </exception>
    public static BackupHeader Parse(string file, ReadOnlySpan<byte> content)
    {
        var lines = CheckedText.Parse(file, content);
        BackupFormat.CheckVersion(file, lines[0], FormatWord, FormatVersion);
        if (lines is [_, Plain])
            return new BackupHeader((string?)null);
        if (lines is [_, Encrypted, var check] && check.StartsWith(CheckWord, StringComparison.Ordinal))
            return new BackupHeader(check[CheckWord.Length..]);
        throw FerrisException.CorruptBackup(file, 0, "how the backups are encrypted", "other lines");
    }

    /// <summary>Refuses a key that is not the one, or that is missing, or that is one too many.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.InvalidEncryptionKeyFile"/></exception>
    public void CheckKey(string location, BackupCipher? cipher)
    {
        var problem = (KeyCheck, cipher) switch
        {
            (null, not null) => "are not encrypted, and a key was given. Leave it out, or choose another place",
            (not null, null) => "are encrypted, and no key was given",
            _ when KeyCheck != cipher?.Check => "are encrypted with another key than the one that was given",
            _ => null,
        };
        if (problem is not null)
            throw new FerrisException(ErrorCode.InvalidEncryptionKeyFile, $"The backups in {location} {problem}.");
    }
}
