using FerrisDB;
using Jobs;

await using var database = Database.OpenInMemory(); // or Database.Open("a-folder")
await Demo.RunAsync(database, TextWriter.Synchronized(Console.Out));
