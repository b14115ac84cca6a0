using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerrisDB.Server;

/// <summary>A file of access tokens: JSON that people can read, without anything in it that lets them in.</summary>
internal sealed record TokenFile
{
    private const int NewestFormat = 1;
    private const int TokensMax = 10_000;
    private const int BytesMax = 16 << 20;

    public int Format { get; init; } = NewestFormat;

    public required IReadOnlyList<TokenEntry> Tokens { get; init; }

    public static TokenFile Empty { get; } = new() { Tokens = [] };

    /// <summary>Reads a file.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.FileNotFound"/>, <see cref="ErrorCode.IoError"/>.
    /// <see cref="ErrorCode.InvalidOptionValue"/>: it cannot be understood; the message names the place.
    /// <see cref="ErrorCode.FormatTooNew"/>.
    /// </exception>
    public static TokenFile Read(string path)
    {
        if (!new FileInfo(path).Exists)
            throw new FerrisException(
                ErrorCode.FileNotFound, $"There is no token file {path}: `ferrisdb token create {path}` makes one.");
        try
        {
            var file = JsonSerializer.Deserialize(ReadAll(path), TokenFileJson.Default.TokenFile);
            return file is null ? throw Wrong(path, "it is null") : file.Checked(path);
        }
        catch (JsonException wrong)
        {
            throw Wrong(path, wrong.Message);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(ErrorCode.IoError, $"{path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>Writes the file, or replaces it, for its owner alone.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.InvalidOptionValue"/>: it would have too many tokens. <see cref="ErrorCode.IoError"/>.
    /// </exception>
    public void Write(string path)
    {
        var text = JsonSerializer.Serialize(this, TokenFileJson.Default.TokenFile) + "\n";
        if (Tokens.Count > TokensMax || Encoding.UTF8.GetByteCount(text) > BytesMax)
            throw new FerrisException(
                ErrorCode.InvalidOptionValue,
                $"{path} would have {Tokens.Count} tokens: it may have {TokensMax}, and {BytesMax} bytes.");
        PrivateFile.Write(path, text);
    }

    // What it says its length is need not be true: it may be written to, or no file at all.
    private static ReadOnlySpan<byte> ReadAll(string path)
    {
        using Stream stream = new FileInfo(path).OpenRead();
        var bytes = new byte[Math.Min(stream.Length, BytesMax) + 1];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (read == bytes.Length)
            throw Wrong(path, $"it has more than {read - 1} bytes; {BytesMax} are allowed");
        ReadOnlySpan<byte> text = bytes.AsSpan(0, read);
        return text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
    }

    private TokenFile Checked(string path)
    {
        if (Format > NewestFormat)
            throw new FerrisException(
                ErrorCode.FormatTooNew, $"{path} has format {Format}; this program knows {NewestFormat}.");
        if (Tokens.Count > TokensMax)
            throw Wrong(path, $"it has {Tokens.Count} tokens, and {TokensMax} are allowed");
        var ids = new HashSet<string>();
        if (Tokens.Any(static token => token is null))
            throw Wrong(path, "a token is null");
        foreach (var token in Tokens)
        {
            if ((token.Problem() ?? (ids.Add(token.Id) ? null : "it is there twice")) is { } problem)
                throw Wrong(path, $"of the token {token.Id}, {problem}");
        }
        return this;
    }

    private static FerrisException Wrong(string path, string problem) =>
        new(ErrorCode.InvalidOptionValue, $"{path} is no token file: {problem}.");
}
