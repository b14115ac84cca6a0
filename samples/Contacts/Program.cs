using Contacts;
using FerrisDB;

await using var database = Database.OpenInMemory(); // or Database.Open("a-folder")
await Demo.RunAsync(database, Console.Out);
