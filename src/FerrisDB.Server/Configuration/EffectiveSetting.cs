namespace FerrisDB.Server;

/// <summary>A setting, what holds, and who says it.</summary>
internal readonly record struct EffectiveSetting(Setting Setting, string Value, string Place);
