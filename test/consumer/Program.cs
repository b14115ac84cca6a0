using System.Text;
using FerrisDB.Storage;

using var database = StorageEngine.Open("mydb");

database.Put("name/1"u8, "Ada Lovelace"u8);

var batch = new WriteBatch(); // applied whole or not at all
batch.Put("name/2"u8, "Grace Hopper"u8);
batch.Put("name/3"u8, "Barbara Liskov"u8);
batch.Delete("name/1"u8);
database.Write(batch);

using var before = database.TakeSnapshot(); // stays readable as it is now
database.DeleteRange("name/"u8, "name0"u8); // costs the same for ten keys or ten million

using var cursor = database.OpenCursor(new CursorOptions { Snapshot = before });
for (var found = cursor.SeekToFirst(); found; found = cursor.Next())
    Console.WriteLine($"{Encoding.UTF8.GetString(cursor.Key)} was {Encoding.UTF8.GetString(cursor.Value)}");

Console.WriteLine(database.Get("name/2"u8) is null ? "name/2 is gone now" : "name/2 is still there");
