namespace FerrisDB.Cli;

/// <summary>Reads a line from a terminal that can be edited, recalled, searched for and completed.</summary>
/// <remarks>
/// <code>
///     Left Right Home End, Ctrl-Left Ctrl-Right    move         Up Down    lines typed before
///     Backspace Delete Ctrl-W Ctrl-U Ctrl-K        delete       Ctrl-R     search them; again: an older one
///     Tab                                          complete     Ctrl-L     clear the screen
///     Ctrl-C                                       drop it      Ctrl-D     leave, on an empty line
/// </code>
/// </remarks>
internal sealed class LineEditor(IKeySource keys, TextWriter screen, History history, Completer completer)
{
    private readonly LineBuffer _line = new();

    // The line of the history that is shown; its length stands for the line being typed.
    private int _recalled;
    private string _typed = "";

    private enum Outcome
    {
        GoOn,
        Accept,
        Drop,
        Leave,
    }

    /// <summary>Reads a line; null when there will be no more.</summary>
    public string? Read(string prompt)
    {
        _line.Set("");
        _typed = "";
        _recalled = history.Lines.Count;
        var view = new LineView(screen, prompt, keys);
        view.Show(_line);
        while (true)
        {
            var outcome = keys.Read() is { } key ? Press(key, view) : Outcome.Leave;
            switch (outcome)
            {
                case Outcome.Accept:
                    view.End(_line, "");
                    return _line.Text;
                case Outcome.Drop:
                    view.End(_line, "^C");
                    return "";
                case Outcome.Leave:
                    view.End(_line, "");
                    return null;
                default:
                    view.Show(_line);
                    break;
            }
        }
    }

    private Outcome Press(ConsoleKeyInfo key, LineView view)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
            return PressWithControl(key, view);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return Outcome.Accept;
            case ConsoleKey.Tab:
                Complete(view);
                break;
            case ConsoleKey.UpArrow:
                Recall(_recalled - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_recalled + 1);
                break;
            default:
                Edit(key);
                break;
        }
        return Outcome.GoOn;
    }

    private Outcome PressWithControl(ConsoleKeyInfo key, LineView view)
    {
        switch (key.Key)
        {
            case ConsoleKey.C:
                return Outcome.Drop;
            case ConsoleKey.D when _line.Length == 0:
                return Outcome.Leave;
            case ConsoleKey.D:
                _line.DeleteRight();
                break;
            case ConsoleKey.R:
                return Search(view);
            case ConsoleKey.L:
                view.Clear();
                break;
            case ConsoleKey.P:
                Recall(_recalled - 1);
                break;
            case ConsoleKey.N:
                Recall(_recalled + 1);
                break;
            case ConsoleKey.J or ConsoleKey.M:
                return Outcome.Accept;
            default:
                EditWithControl(key);
                break;
        }
        return Outcome.GoOn;
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                _line.MoveLeft();
                break;
            case ConsoleKey.RightArrow:
                _line.MoveRight();
                break;
            case ConsoleKey.Home:
                _line.MoveTo(0);
                break;
            case ConsoleKey.End:
                _line.MoveTo(_line.Length);
                break;
            case ConsoleKey.Backspace:
                _line.DeleteLeft();
                break;
            case ConsoleKey.Delete:
                _line.DeleteRight();
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    _line.Insert(key.KeyChar.ToString());
                break;
        }
    }

    private void EditWithControl(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.LeftArrow:
                _line.MoveWordLeft();
                break;
            case ConsoleKey.RightArrow:
                _line.MoveWordRight();
                break;
            case ConsoleKey.A:
                _line.MoveTo(0);
                break;
            case ConsoleKey.E:
                _line.MoveTo(_line.Length);
                break;
            case ConsoleKey.W or ConsoleKey.Backspace:
                _line.DeleteWordLeft();
                break;
            case ConsoleKey.U:
                _line.DeleteToStart();
                break;
            case ConsoleKey.K:
                _line.DeleteToEnd();
                break;
        }
    }

    private void Recall(int index)
    {
        if (index < 0 || index > history.Lines.Count)
            return;
        if (_recalled == history.Lines.Count)
            _typed = _line.Text;
        _recalled = index;
        _line.Set(index == history.Lines.Count ? _typed : history.Lines[index]);
    }

    // Completes as far as all candidates agree; shows them if that adds nothing.
    private void Complete(LineView view)
    {
        var completion = completer.Complete(_line.LeftOfCaret);
        if (completion.Candidates.Count == 0)
            return;
        var common = completion.CommonStart;
        if (completion.Candidates.Count == 1)
            _line.ReplaceFrom(completion.Start, completion.IsWholeWord ? common + " " : common);
        else if (common.Length > _line.Caret - completion.Start)
            _line.ReplaceFrom(completion.Start, common);
        else
            view.ShowBelow(_line, completion.Candidates);
    }

    // Letters narrow the search; Ctrl-R goes on to older lines; any other key takes the line and does what it does.
    private Outcome Search(LineView view)
    {
        var before = _line.Text;
        var wanted = "";
        var found = history.Lines.Count;
        while (true)
        {
            view.ShowSearch(wanted, found < history.Lines.Count ? history.Lines[found] : "");
            if (keys.Read() is not { } key)
                return Outcome.Leave;
            var isControl = key.Modifiers.HasFlag(ConsoleModifiers.Control);
            if (isControl && key.Key == ConsoleKey.R)
            {
                found = FindBelow(found, wanted) ?? found;
                continue;
            }
            if (key.Key == ConsoleKey.Backspace || (!isControl && !char.IsControl(key.KeyChar)))
            {
                wanted = key.Key != ConsoleKey.Backspace ? wanted + key.KeyChar : wanted.Length > 0 ? wanted[..^1] : "";
                found = FindBelow(history.Lines.Count, wanted) ?? found;
                continue;
            }
            var isDropped = key.Key == ConsoleKey.Escape || (isControl && key.Key is ConsoleKey.C or ConsoleKey.G);
            _recalled = isDropped ? history.Lines.Count : found;
            _line.Set(isDropped || found == history.Lines.Count ? before : history.Lines[found]);
            return isDropped ? Outcome.GoOn : Press(key, view);
        }
    }

    private int? FindBelow(int index, string wanted)
    {
        for (var at = index - 1; at >= 0; at--)
        {
            if (history.Lines[at].Contains(wanted, StringComparison.OrdinalIgnoreCase))
                return at;
        }
        return null;
    }
}
