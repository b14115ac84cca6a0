using FerrisDB.Cli;

namespace FerrisDB.Tests.Cli;

/// <summary>Presses keys as a text tells: letters, arrows and other signs for keys, <c>^A</c> for Ctrl-A.</summary>
internal sealed class ScriptedKeys(string script) : IKeySource
{
    private int _at;

    public int Width { get; init; } = 80;

    public ConsoleKeyInfo? Read()
    {
        if (_at == script.Length)
            return null;
        var sign = script[_at++];
        return sign switch
        {
            '^' => Control(script[_at++]),
            '⏎' => Key('\r', ConsoleKey.Enter),
            '⇥' => Key('\t', ConsoleKey.Tab),
            '⌫' => Key('\b', ConsoleKey.Backspace),
            '⌦' => Key('\0', ConsoleKey.Delete),
            '↑' => Key('\0', ConsoleKey.UpArrow),
            '↓' => Key('\0', ConsoleKey.DownArrow),
            '←' => Key('\0', ConsoleKey.LeftArrow),
            '→' => Key('\0', ConsoleKey.RightArrow),
            '⇱' => Key('\0', ConsoleKey.Home),
            '⇲' => Key('\0', ConsoleKey.End),
            '⎋' => Key('\u001b', ConsoleKey.Escape),
            _ => Key(sign, ConsoleKey.NoName),
        };
    }

    private static ConsoleKeyInfo Key(char sign, ConsoleKey key) =>
        new(sign, key, shift: false, alt: false, control: false);

    private static ConsoleKeyInfo Control(char sign)
    {
        var key = sign switch
        {
            '←' => ConsoleKey.LeftArrow,
            '→' => ConsoleKey.RightArrow,
            _ => Enum.Parse<ConsoleKey>(sign.ToString()),
        };
        return new ConsoleKeyInfo((char)(sign & 31), key, shift: false, alt: false, control: true);
    }
}
