using System.Globalization;

namespace FerrisDB.Transactions;

/// <summary>Marks which content of a small file was read: another content has another mark.</summary>
internal static class FileMark
{
    /// <summary>Of the file that a path leads to, links followed.</summary>
    public static string Of(string path)
    {
        if (FileVersion.OfDisk(path) is { } version)
            return version.ToString();
        var file = new FileInfo(path);
        return file.Exists
            ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}:{file.Length}")
            : "-";
    }
}
