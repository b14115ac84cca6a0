namespace FerrisDB.Cli;

/// <summary>The tokens of a file.</summary>
internal sealed record TokenListJson(IReadOnlyList<TokenJson> Tokens);
