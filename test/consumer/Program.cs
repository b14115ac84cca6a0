using System.Buffers.Binary;
using FerrisDB;
using FerrisDB.Layers;

using var database = Database.Open("mydb");
var accounts = new Subspace("accounts");
byte[] ada = accounts.Pack("Ada Lovelace"), grace = accounts.Pack("Grace Hopper");

await database.RunAsync(transaction => // whole or not at all, and durable when it returns
{
    transaction.ClearRange(accounts.Range());
    transaction.Add(ada, 100);
    transaction.Add(grace, 5);
});

using var before = database.TakeSnapshot(); // stays as it is now, for as long as it is held
using var watcher = database.CreateTransaction();
var change = watcher.WatchAsync(grace);
await watcher.CommitAsync();

await database.RunAsync(async transaction => // runs again if somebody else has written what it read
{
    if (BinaryPrimitives.ReadInt64LittleEndian(await transaction.GetAsync(ada)) < 30)
        return;
    transaction.Add(ada, -30);
    transaction.Add(grace, 30);
});
await change; // somebody has paid Grace

await foreach (var (key, value) in before.GetRange(accounts.Range()))
{
    var name = accounts.Unpack<string>(key.Span);
    Console.WriteLine($"{name} had {BinaryPrimitives.ReadInt64LittleEndian(value.Span)}");
}
