using System.Text;
using FerrisDB.Layers;
using FerrisDB.TestKit;

namespace FerrisDB.Tests.Layers;

// Every row that a few directories make. The rows were compared with those that FoundationDB's Python binding writes
// for the same calls and the same numbers drawn.
public sealed class DirectoryGoldenTests
{
    [Fact]
    public async Task What_is_stored_is_what_FoundationDB_stores()
    {
        using var database = Database.OpenInMemory(new DatabaseOptions { Seed = 7 });
        var root = new DirectoryLayer(allowManualPrefixes: true);
        var text = new StringBuilder();

        await database.RunAsync(tr => root.CreateOrOpenAsync(tr, "app", "users"));
        await Dump("create /app/users");
        await database.RunAsync(tr => root.CreateAsync(tr, ["jobs"], "queue"u8));
        await database.RunAsync(tr => root.CreateAsync(tr, ["app", "own"], [], "o\0wn"u8));
        await Dump("create /jobs of layer queue; create /app/own with the prefix o\\x00wn");
        await database.RunAsync(tr => root.CreateAsync(tr, ["tenant"], DirectoryLayer.PartitionLayer.Span));
        await database.RunAsync(tr => root.CreateOrOpenAsync(tr, "tenant", "app", "users"));
        await Dump("create the partition /tenant; create /tenant/app/users");
        await database.RunAsync(tr => root.MoveAsync(tr, ["app", "users"], ["people"]));
        await database.RunAsync(tr => root.MoveAsync(tr, ["tenant", "app"], ["tenant", "moved"]));
        await Dump("move /app/users to /people; move /tenant/app to /tenant/moved");
        await database.RunAsync(tr => root.RemoveAsync(tr, "app"));
        await Dump("remove /app");
        for (var i = 0; i < 40; i++)
            await database.RunAsync(tr => root.CreateAsync(tr, $"{i}"));
        await database.RunAsync(async tr =>
        {
            for (var i = 0; i < 40; i++)
                await root.RemoveAsync(tr, $"{i}");
        });
        await Dump("create and remove 40 directories: the allocator's window moves");

        GoldenFile.Check("directories.txt", text.ToString());

        async Task Dump(string title)
        {
            text.Append("# ").Append(title).Append('\n');
            var rows = await database.ReadAsync(reader => reader.GetRangeAsync(new KeyRange([], [0xff])));
            foreach (var row in rows)
                text.Append($"{((TupleValue)row.Key).ToString()[1..]} = {((TupleValue)row.Value).ToString()[1..]}\n");
            text.Append('\n');
        }
    }
}
