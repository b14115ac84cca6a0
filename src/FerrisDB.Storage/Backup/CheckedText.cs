using System.Security.Cryptography;
using System.Text;

namespace FerrisDB.Storage;

// Lines of text that people can read, and that no flipped bit gets past:
//
//     ferrisdb backup 1
//     id 000001
//     ...
//     sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//
// The last line has the hash of all bytes before it. Lines end with a line feed.

/// <summary>Lines of text with a hash of them at the end.</summary>
internal static class CheckedText
{
    private const string HashWord = "sha256 ";
    private const int HashDigits = 64;
    private const int HashLineBytes = 7 + HashDigits + 1;

    public static byte[] Format(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line).Append('\n');
        var body = Encoding.ASCII.GetBytes(text.ToString());
        return [.. body, .. LastLine(body)];
    }

    /// <summary>The lines, without the last one.</summary>
    /// <exception cref="FerrisException"><see cref="ErrorCode.FileCorrupt"/></exception>
    public static string[] Parse(string file, ReadOnlySpan<byte> content)
    {
        var split = content.Length - HashLineBytes;
        if (split <= 0)
            throw FerrisException.CorruptBackup(file, content.Length, "lines and their hash", "the end of the file");
        var body = content[..split];
        if (!content[split..].SequenceEqual(LastLine(body)))
        {
            throw FerrisException.CorruptBackup(
                file, split, Encoding.ASCII.GetString(LastLine(body)).TrimEnd(), "another line");
        }
        return Encoding.ASCII.GetString(body).TrimEnd('\n').Split('\n');
    }

    private static byte[] LastLine(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes($"{HashWord}{Convert.ToHexStringLower(SHA256.HashData(body))}\n");
}
