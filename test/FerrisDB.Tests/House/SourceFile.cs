namespace FerrisDB.Tests.House;

/// <summary>
/// A C# file as the house rules see it: its text, and its code with comments and literals blanked out.
/// </summary>
internal sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text.ReplaceLineEndings("\n");
        Lines = Text.Split('\n');
        Code = CSharpText.BlankCommentsAndLiterals(Text);
        CodeLines = Code.Split('\n');
        Functions = FunctionScan.FunctionsOf(Code);
    }

    /// <summary>Below the repository's root, with forward slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public string[] Lines { get; }

    /// <summary>As long as <see cref="Text"/>, line for line; what is no code is spaces.</summary>
    public string Code { get; }

    public string[] CodeLines { get; }

    public IReadOnlyList<Function> Functions { get; }
}
