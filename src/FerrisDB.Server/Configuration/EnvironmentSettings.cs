namespace FerrisDB.Server;

/// <summary>What is said in the environment: <c>FERRISDB_LISTEN</c> for <c>listen</c>.</summary>
/// <param name="read">The value of a variable, or null. An empty one counts as none.</param>
internal sealed class EnvironmentSettings(Func<string, string?> read) : ISettingSource
{
    public string? Find(Setting setting) => read(setting.Variable) is { Length: > 0 } text ? text : null;

    public string PlaceOf(Setting setting) => setting.Variable;
}
