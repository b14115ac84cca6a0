using System.Text.Json;
using FerrisDB.Server;

namespace FerrisDB.Cli;

/// <summary>Shows what a server is told, and by whom.</summary>
internal static class ServerSettingsTable
{
    public static void Print(ServerConfiguration configuration, CliConsole console, bool isJson)
    {
        if (isJson)
        {
            var settings = configuration.Effective()
                .Select(each => new ServerSettingJson(each.Setting.Name, each.Value, each.Place)).ToList();
            console.Out.WriteLine(JsonSerializer.Serialize(
                new ServerSettingsJson(settings), CliJson.Relaxed.ServerSettingsJson));
            return;
        }
        var table = new TextTable("setting", "value", "said by") { LeftColumns = { 1, 2 } };
        foreach (var (setting, value, place) in configuration.Effective())
            table.Add(setting.Name, value, place);
        table.WriteTo(console.Out);
    }
}
