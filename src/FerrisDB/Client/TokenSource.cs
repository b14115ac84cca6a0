namespace FerrisDB;

/// <summary>The access token of a client: of its options, of the environment, or beside the cluster file.</summary>
/// <remarks>A file is read again when it has changed, so that a token can be replaced while the program runs.</remarks>
internal static class TokenSource
{
    /// <summary>Holds a token, for all that connects.</summary>
    public const string Variable = "FERRISDB_TOKEN";

    /// <summary>The file that is looked for beside a cluster file.</summary>
    public const string NeighbourName = "fdb.token";

    /// <summary>What gives the token for each connection; it is empty if there is none.</summary>
    /// <exception cref="FerrisException">
    /// <see cref="ErrorCode.AuthorizationTokenVerifyFailed"/>: what is there is no token.
    /// </exception>
    public static Func<string> For(ConnectionString where, AccessToken? token, TimeProvider clock)
    {
        if (token is not null)
            return () => token.Text;
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable)
        {
            var text = Check(variable, Variable);
            return () => text;
        }
        if (where.NeighbourOf(NeighbourName) is not { } path)
            return static () => "";
        var file = new ChangingFiles<string>([path], () => Check(Read(path), path), clock);
        _ = file.Current;
        return () => file.Current;
    }

    private static string Read(string path)
    {
        try
        {
            using var reader = new FileInfo(path).OpenText();
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FerrisException(
                ErrorCode.AuthorizationTokenVerifyFailed, $"{path} cannot be read: {failure.Message}", failure);
        }
    }

    private static string Check(string text, string from) => AccessToken.TryParse(text, out var token)
        ? token.Text
        : throw new FerrisException(
            ErrorCode.AuthorizationTokenVerifyFailed, $"What {from} holds is no access token.");
}
