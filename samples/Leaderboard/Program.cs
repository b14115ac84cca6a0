using FerrisDB;
using Leaderboard;

await using var database = Database.OpenInMemory(); // or Database.Open("a-folder")
await Demo.RunAsync(database, Console.Out);
