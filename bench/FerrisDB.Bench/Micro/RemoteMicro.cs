using System.Buffers.Binary;
using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>What a server answers in a second to a client that keeps so many requests outstanding.</summary>
/// <remarks>
/// Each request is a transaction of its own. The server runs beside it, `ferrisdb serve`, and shares the machine.
/// </remarks>
internal sealed class RemoteMicro(Database database)
{
    private const int KeyBytes = 16;
    private const int ValueBytes = 100;
    private const int Keys = 100_000;
    private const int KeysPerLoad = 1000;
    private const int RangeRows = 100;

    private static readonly (string Name, Func<RemoteMicro, Random, ValueTask> Run)[] Workloads =
    [
        ("read-version", static (micro, _) => micro.GetReadVersionAsync()),
        ("get", static (micro, random) => micro.GetAsync(random)),
        ("set", static (micro, random) => micro.SetAsync(random)),
        ("get+set", static (micro, random) => micro.GetAndSetAsync(random)),
        ("range-100", static (micro, random) => micro.GetRangeAsync(random)),
    ];

    private readonly byte[] _value = new byte[ValueBytes];

    public static async Task RunAsync(string cluster, string only, Durability durability, OutstandingLoad load)
    {
        await using var database = Database.Connect(cluster, new DatabaseOptions
        {
            Storage = new StorageOptions { Durability = durability },
        });
        var micro = new RemoteMicro(database);
        await micro.LoadAsync();
        load.WriteHeader("FerrisDB");
        foreach (var (name, run) in Workloads.Where(each => each.Name.Contains(only, StringComparison.Ordinal)))
            await load.MeasureAsync(name, random => run(micro, random));
    }

    private async Task LoadAsync()
    {
        for (var first = 0; first < Keys; first += KeysPerLoad)
            await database.RunAsync(transaction =>
            {
                for (var number = first; number < first + KeysPerLoad; number++)
                    transaction.Set(Key(number), _value);
            });
    }

    private async ValueTask GetReadVersionAsync()
    {
        using var transaction = database.CreateTransaction();
        await transaction.GetReadVersionAsync();
    }

    private async ValueTask GetAsync(Random random)
    {
        using var transaction = database.CreateTransaction();
        if (await transaction.GetAsync(Key(random.Next(Keys))) is not { Length: ValueBytes })
            throw new WrongDataException("A key is not there, or has another value.");
    }

    private async ValueTask SetAsync(Random random)
    {
        using var transaction = database.CreateTransaction();
        transaction.Set(Key(random.Next(Keys)), _value);
        await transaction.CommitAsync();
    }

    private ValueTask GetAndSetAsync(Random random) => database.RunAsync(async transaction =>
    {
        var key = Key(random.Next(Keys));
        await transaction.GetAsync(key);
        transaction.Set(key, _value);
    });

    private async ValueTask GetRangeAsync(Random random)
    {
        using var transaction = database.CreateTransaction();
        var first = random.Next(Keys - RangeRows);
        var page = await transaction.GetPageAsync(
            new KeyRange(Key(first), Key(first + RangeRows)), new RangeOptions { Mode = StreamingMode.WantAll });
        if (page.Count == 0)
            throw new WrongDataException("A range is empty.");
    }

    private static byte[] Key(int number)
    {
        var key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(KeyBytes - sizeof(long)), number);
        return key;
    }
}
