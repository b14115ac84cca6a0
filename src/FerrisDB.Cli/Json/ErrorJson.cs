namespace FerrisDB.Cli;

/// <summary>What went wrong, instead of the answer.</summary>
internal sealed record ErrorJson(ErrorJson.Details Error)
{
    public static ErrorJson Of(FerrisException error) =>
        new(new Details(error.Code.ToString(), (int)error.Code, error.Message));

    /// <summary>
    /// The error's name and number if the database has one for it, a sentence, and what a transaction conflicts with.
    /// </summary>
    internal sealed record Details(
        string Name, int? Code, string Message, IReadOnlyList<string>? ConflictingRanges = null);
}
