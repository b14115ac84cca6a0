namespace FerrisDB.Server;

/// <summary>Values of one type, and how they are written.</summary>
/// <param name="allowed">Which there are, in words.</param>
/// <param name="tryParse">False if a text is none of them.</param>
/// <param name="format">Writes one so that it can be read again.</param>
internal sealed class SettingKind<T>(string allowed, SettingKind<T>.Parser tryParse, Func<T, string> format)
{
    public delegate bool Parser(string text, out T value);

    public string Allowed => allowed;

    public bool TryParse(string text, out T value) => tryParse(text, out value);

    public string Format(T value) => format(value);
}
