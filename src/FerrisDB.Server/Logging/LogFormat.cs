namespace FerrisDB.Server;

/// <summary>How a line of the log looks.</summary>
internal enum LogFormat
{
    /// <summary>For people: time, level, who, what.</summary>
    Text,

    /// <summary>For machines: an object for each line, with the parts of the message as members.</summary>
    Json,
}
