using System.Text;

namespace FerrisDB.Cli;

/// <summary>The lines typed before, kept in a file of the user.</summary>
internal sealed class History
{
    private const int LinesMax = 1000;
    private const string FileName = "history";

    private readonly List<string> _lines;
    private readonly string? _file;

    private History(List<string> lines, string? file)
    {
        _lines = lines;
        _file = file;
    }

    /// <summary>Lines, the oldest first.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Reads the history of a folder; without a folder it lasts as long as the process.</summary>
    public static History Load(string? folder)
    {
        if (folder is null)
            return new History([], null);
        var file = Path.Combine(folder, FileName);
        var lines = new List<string>();
        if (Path.Exists(file))
        {
            using var reader = new StreamReader(file, Encoding.UTF8);
            while (reader.ReadLine() is { } line)
                lines.Add(line);
        }
        lines.RemoveRange(0, Math.Max(0, lines.Count - LinesMax));
        return new History(lines, file);
    }

    /// <summary>Adds a line, unless it repeats the last one.</summary>
    public void Add(string line)
    {
        if (_lines.Count > 0 && _lines[^1] == line)
            return;
        _lines.Add(line);
        if (_file is not null)
            Append(line);
    }

    // A history that cannot be written is no reason to stop working.
    private void Append(string line)
    {
        try
        {
            new FileInfo(_file!).Directory!.Create();
            using var writer = new StreamWriter(_file!, append: true, new UTF8Encoding(false));
            writer.Write(line + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
