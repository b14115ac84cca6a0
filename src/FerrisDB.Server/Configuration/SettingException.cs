namespace FerrisDB.Server;

/// <summary>A server was told something that cannot be; the message says where, and what is allowed.</summary>
internal sealed class SettingException(string message) : Exception(message);
