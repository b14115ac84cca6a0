using System.Text.Json;
using System.Text.Json.Serialization;

namespace FerrisDB.Server;

/// <summary>A file of access tokens: JSON that people can read, without anything in it that lets them in.</summary>
internal sealed record TokenFile
{
    private const int NewestFormat = 1;
    private const int TokensMax = 10_000;

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
            using var reader = new FileInfo(path).OpenText();
            var file = JsonSerializer.Deserialize(reader.ReadToEnd(), TokenFileJson.Default.TokenFile);
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
    public void Write(string path) =>
        PrivateFile.Write(path, JsonSerializer.Serialize(this, TokenFileJson.Default.TokenFile) + "\n");

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
