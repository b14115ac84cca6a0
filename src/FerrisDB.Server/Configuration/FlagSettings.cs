namespace FerrisDB.Server;

/// <summary>What was said on the command line.</summary>
/// <param name="find">What follows the flag of a setting; null if it is not there.</param>
internal sealed class FlagSettings(Func<Setting, string?> find) : ISettingSource
{
    public string? Find(Setting setting) => find(setting);

    public string PlaceOf(Setting setting) => setting.Flag;
}
