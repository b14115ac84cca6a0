using FerrisDB;
using FerrisDB.Layers;

namespace Leaderboard;

/// <summary>Many games end at once.</summary>
public static class Demo
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Database database, TextWriter output)
    {
        var board = new Scoreboard(database, new Subspace("board"));
        string[] players = ["ada", "alan", "barbara", "grace"];

        await Task.WhenAll(Enumerable.Range(0, 100).Select(
            async game => await board.AddGameAsync(players[game % 4], game)));

        await output.WriteLineAsync($"{await board.CountGamesAsync()} games");
        foreach (var (player, points) in await board.TopAsync(3))
            await output.WriteLineAsync($"{player}: {points}, best {await board.FindBestAsync(player)}");
    }
}
