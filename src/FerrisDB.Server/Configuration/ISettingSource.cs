namespace FerrisDB.Server;

/// <summary>Where settings are said.</summary>
internal interface ISettingSource
{
    /// <summary>What it says of one, or null.</summary>
    string? Find(Setting setting);

    /// <summary>The place where it says that, for a person.</summary>
    string PlaceOf(Setting setting);
}
