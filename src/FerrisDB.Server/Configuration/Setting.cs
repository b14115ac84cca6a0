namespace FerrisDB.Server;

/// <summary>Something that a server can be told: by a flag, by a variable of the environment, in a file.</summary>
/// <param name="name">Its key in a file; the flag and the variable are made of it.</param>
/// <param name="form">How a value is written, in one word: <c>ADDRESS:PORT</c>.</param>
/// <param name="summary">What it is for, as help says it.</param>
/// <param name="allowed">Which values there are, as an error says it.</param>
internal abstract class Setting(string name, string form, string summary, string allowed)
{
    public string Name => name;

    public string Flag => "--" + name;

    public string Variable => "FERRISDB_" + name.ToUpperInvariant().Replace('-', '_');

    public string Form => form;

    public string Summary => summary;

    public string Allowed => allowed;

    /// <summary>True if the flag alone, without a value, says yes.</summary>
    public abstract bool IsSwitch { get; }

    /// <summary>What holds if nobody says anything.</summary>
    public abstract string DefaultText { get; }

    /// <summary>The value that a text stands for, written as it is understood; null if it is not allowed.</summary>
    public abstract string? Normalize(string text);
}
