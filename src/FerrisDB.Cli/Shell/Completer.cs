using System.CommandLine;
using FerrisDB.Layers;

namespace FerrisDB.Cli;

/// <summary>Completes verbs, their options, and keys of the database up to the next '/'.</summary>
internal sealed class Completer(DatabaseSession session, RootCommand commands)
{
    private const int KeysMax = 60;
    private const byte Separator = (byte)'/';

    /// <summary>Completes the last word of what stands left of the caret.</summary>
    public Completion Complete(string text)
    {
        var (start, words) = WordAtEnd(text);
        var word = text[start..];
        if (words.Count == 0)
            return Fitting(start, word, Names.Concat(["help", "exit"]));
        if (words is ["help"])
            return Fitting(start, word, Names);
        var verb = commands.Subcommands.FirstOrDefault(
            command => command.Name == words[0] || command.Aliases.Contains(words[0]));
        if (verb is null)
            return Completion.None;
        if (word.StartsWith('-'))
            return Fitting(start, word, verb.Options.Concat(commands.Options).Select(option => option.Name));
        var described = Verbs.Find(verb.Name)!;
        if (words.Count == 1 && described.FirstWords.Count > 0)
            return Fitting(start, word, described.FirstWords);
        if (described.TakesPaths)
            return Paths(start, word);
        return described.TakesKeys ? Keys(start, word) : Completion.None;
    }

    private IEnumerable<string> Names =>
        commands.Subcommands.Where(command => !command.Hidden).SelectMany(
            command => (string[])[command.Name, .. command.Aliases]);

    private static Completion Fitting(int start, string word, IEnumerable<string> candidates) => new(
        start,
        [.. candidates.Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)],
        IsWholeWord: true);

    // Where the last word begins, and the whole words of its command before it.
    private static (int Start, List<string> Words) WordAtEnd(string text)
    {
        var start = text.Length;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]) && text[start - 1] != ';')
            start--;
        try
        {
            var before = text[..start];
            var isNew = before.TrimEnd().EndsWith(';');
            return (start, isNew ? [] : CommandLine.Split(before).LastOrDefault() ?? []);
        }
        catch (UsageException)
        {
            // The caret stands within quotes: a key with blanks, or a value. Both are left to the typist.
            return (start, ["\0"]);
        }
    }

    // The directories below what is typed already.
    private Completion Paths(int start, string word)
    {
        var end = word.LastIndexOf('/') + 1;
        if (end == 0)
            return Fitting(start, word, ["/"]);
        try
        {
            var parent = DirectoryPath.Parse(end == 1 ? "/" : word[..(end - 1)]);
            var names = session.Read(transaction => new DirectoryLayer().ListAsync(transaction, parent));
            var paths = names.Select(name => word[..end] + name)
                .Where(path => path.StartsWith(word, StringComparison.Ordinal));
            return new Completion(start, [.. paths.Select(CommandLine.Quote)], IsWholeWord: true);
        }
        catch (Exception error) when (error is FerrisException or UsageException)
        {
            return Completion.None;
        }
    }

    private Completion Keys(int start, string word)
    {
        // Nobody wants to wait for a server while typing.
        if (session.IsRemote)
            return Completion.None;
        var quote = word.StartsWith('\'') ? "'" : "";
        var prefix = EscapedText.Parse(word.AsSpan(quote.Length));
        using var cursor = session.Engine.OpenCursor(new CursorOptions
        {
            LowerBound = prefix,
            UpperBound = KeyBounds.EndOfPrefix(prefix),
            KeysOnly = true,
        });
        var candidates = new List<string>();
        var isWholeWord = true;
        for (var isValid = cursor.SeekToFirst(); isValid && candidates.Count < KeysMax;)
        {
            var key = cursor.Key;
            var separator = key[prefix.Length..].IndexOf(Separator);
            if (separator < 0)
            {
                candidates.Add(CommandLine.Quote(KeyWord.Format(key)));
                isValid = cursor.Next();
                continue;
            }
            // All keys below here are one candidate: its end is the next place to look at.
            var folder = key[..(prefix.Length + separator + 1)].ToArray();
            isWholeWord &= key.Length == folder.Length;
            candidates.Add(KeyWord.Format(folder));
            isValid = cursor.Seek(KeyBounds.EndOfPrefix(folder)!);
        }
        return new Completion(start, candidates, isWholeWord);
    }
}
