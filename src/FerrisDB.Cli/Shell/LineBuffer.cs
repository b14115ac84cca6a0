using System.Text;

namespace FerrisDB.Cli;

/// <summary>A line being typed, with a caret in it.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public int Length => _text.Length;

    /// <summary>Chars left of the caret.</summary>
    public int Caret { get; private set; }

    public string LeftOfCaret => _text.ToString(0, Caret);

    public void Set(string text)
    {
        _text.Clear().Append(text);
        Caret = text.Length;
    }

    public void Insert(string text)
    {
        _text.Insert(Caret, text);
        Caret += text.Length;
    }

    /// <summary>Replaces what stands from <paramref name="start"/> to the caret.</summary>
    public void ReplaceFrom(int start, string text)
    {
        _text.Remove(start, Caret - start);
        Caret = start;
        Insert(text);
    }

    public void MoveTo(int caret) => Caret = Math.Clamp(caret, 0, Length);

    public void MoveLeft() => Caret = StepLeft();

    public void MoveRight() => Caret = StepRight();

    public void MoveWordLeft() => Caret = WordLeft();

    public void MoveWordRight()
    {
        while (Caret < Length && char.IsWhiteSpace(_text[Caret]))
            Caret++;
        while (Caret < Length && !char.IsWhiteSpace(_text[Caret]))
            Caret++;
    }

    public void DeleteLeft() => DeleteBetween(StepLeft(), Caret);

    public void DeleteRight() => DeleteBetween(Caret, StepRight());

    public void DeleteWordLeft() => DeleteBetween(WordLeft(), Caret);

    public void DeleteToStart() => DeleteBetween(0, Caret);

    public void DeleteToEnd() => DeleteBetween(Caret, Length);

    private void DeleteBetween(int start, int end)
    {
        _text.Remove(start, end - start);
        Caret = start;
    }

    // A character beyond the first 65,536 is two chars; the caret does not stand between them.
    private int StepLeft() =>
        Caret >= 2 && char.IsSurrogatePair(_text[Caret - 2], _text[Caret - 1]) ? Caret - 2 : Math.Max(0, Caret - 1);

    private int StepRight() =>
        Caret + 1 < Length && char.IsSurrogatePair(_text[Caret], _text[Caret + 1])
            ? Caret + 2
            : Math.Min(Length, Caret + 1);

    private int WordLeft()
    {
        var caret = Caret;
        while (caret > 0 && char.IsWhiteSpace(_text[caret - 1]))
            caret--;
        while (caret > 0 && !char.IsWhiteSpace(_text[caret - 1]))
            caret--;
        return caret;
    }
}
