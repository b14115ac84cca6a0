using System.Globalization;

namespace FerrisDB.Storage;

// The folder of a database is flat:
//
//     000007.wal        a segment of the write-ahead log
//     000012.sst        an SSTable
//     000015.blob       large values
//     MANIFEST-000003   changes of the TableSet
//     CURRENT           names the manifest that counts
//     LOCK              locked by the process that has the folder open
//     000021.tmp        not finished; recovery deletes it (so is CURRENT.tmp)
//
// Numbers are decimal, padded with zeros to six digits and longer when they need to be: one number has one spelling.
// What is spelled otherwise is not ours, and the engine leaves it alone.

/// <summary>The names of the files in a database's folder.</summary>
internal static class FileNames
{
    public const string Current = "CURRENT";
    public const string Lock = "LOCK";

    /// <summary>The next <see cref="Current"/> while it is being written.</summary>
    public const string CurrentTemporary = "CURRENT.tmp";

    private const string WalSuffix = ".wal";
    private const string TableSuffix = ".sst";
    private const string BlobSuffix = ".blob";
    private const string TemporarySuffix = ".tmp";
    private const string ManifestPrefix = "MANIFEST-";
    private const int DigitsMin = 6;

    public static string Wal(long number) => Digits(number) + WalSuffix;

    public static string Table(long number) => Digits(number) + TableSuffix;

    public static string Blob(long number) => Digits(number) + BlobSuffix;

    public static string Manifest(long number) => ManifestPrefix + Digits(number);

    public static string Temporary(long number) => Digits(number) + TemporarySuffix;

    /// <summary>
    /// Tells what a file is by its name (not its path); false for every name that is not one of ours.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> name, out FileKind kind, out long number)
    {
        number = 0;
        if (name.SequenceEqual(Current))
        {
            kind = FileKind.Current;
            return true;
        }

        if (name.SequenceEqual(CurrentTemporary))
        {
            kind = FileKind.Temporary;
            return true;
        }

        if (name.SequenceEqual(Lock))
        {
            kind = FileKind.Lock;
            return true;
        }

        if (name.StartsWith(ManifestPrefix, StringComparison.Ordinal))
        {
            kind = FileKind.Manifest;
            return TryParseDigits(name[ManifestPrefix.Length..], out number);
        }

        var dot = name.IndexOf('.');
        return TryParseSuffix(dot < 0 ? default : name[dot..], out kind) && TryParseDigits(name[..dot], out number);
    }

    private static bool TryParseSuffix(ReadOnlySpan<char> suffix, out FileKind kind)
    {
        (kind, var isKnown) = suffix switch
        {
            WalSuffix => (FileKind.Wal, true),
            TableSuffix => (FileKind.Table, true),
            BlobSuffix => (FileKind.Blob, true),
            TemporarySuffix => (FileKind.Temporary, true),
            _ => (default, false),
        };
        return isKnown;
    }

    private static bool TryParseDigits(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        var hasOneSpelling = digits.Length == DigitsMin || (digits.Length > DigitsMin && digits[0] != '0');
        return hasOneSpelling && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static string Digits(long number)
    {
        Invariant.That(number >= 0);
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }
}
