namespace FerrisDB.Server;

/// <summary>A setting whose values are of a type.</summary>
/// <param name="name">Its key in a file.</param>
/// <param name="form">How a value is written.</param>
/// <param name="summary">What it is for.</param>
/// <param name="kind">The values that there are.</param>
/// <param name="standard">What holds if nobody says anything.</param>
/// <param name="standardText">How that is written, if the value does not say it.</param>
internal sealed class TypedSetting<T>(
    string name, string form, string summary, SettingKind<T> kind, T standard, string? standardText = null)
    : Setting(name, form, summary, kind.Allowed)
{
    public T Default => standard;

    public override bool IsSwitch => typeof(T) == typeof(bool);

    public override string DefaultText => standardText ?? kind.Format(standard);

    /// <summary>False if the text is no value of it.</summary>
    public bool TryParse(string text, out T value) => kind.TryParse(text, out value);

    public override string? Normalize(string text) => kind.TryParse(text, out var value) ? kind.Format(value) : null;
}
