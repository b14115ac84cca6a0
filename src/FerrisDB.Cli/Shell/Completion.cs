namespace FerrisDB.Cli;

/// <summary>What the word at the caret could become.</summary>
/// <param name="Start">Where the word begins in the line.</param>
/// <param name="Candidates">Words to put there, in order.</param>
/// <param name="IsWholeWord">A single candidate is complete: a blank may follow.</param>
internal sealed record Completion(int Start, IReadOnlyList<string> Candidates, bool IsWholeWord)
{
    public static readonly Completion None = new(0, [], IsWholeWord: false);

    /// <summary>The start that all candidates have in common.</summary>
    public string CommonStart
    {
        get
        {
            var common = Candidates[0].AsSpan();
            foreach (var candidate in Candidates)
                common = common[..common.CommonPrefixLength(candidate)];
            return common.ToString();
        }
    }
}
