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
    private const int WritesOneIn = 10;
    private const int KeysPerTransaction = 10;
    private const string Long = "stream-100000";

    private static readonly (string Name, Func<RemoteMicro, Random, ValueTask> Run)[] Workloads =
    [
        ("read-version", static (micro, _) => micro.GetReadVersionAsync()),
        ("get", static (micro, random) => micro.GetAsync(random)),
        ("range-1", static (micro, random) => micro.GetRangeAsync(random, 1)),
        ("range-10", static (micro, random) => micro.GetRangeAsync(random, 10)),
        ("range-100", static (micro, random) => micro.GetRangeAsync(random, 100)),
        ("range-1000", static (micro, random) => micro.GetRangeAsync(random, 1000)),
        ("range-10000", static (micro, random) => micro.GetRangeAsync(random, 10_000)),
        (Long, static (micro, _) => micro.ReadAllAsync()),
        ("10-gets", static (micro, random) => micro.TenAsync(random, gets: KeysPerTransaction)),
        ("9-gets+set", static (micro, random) => micro.TenAsync(random, gets: KeysPerTransaction - 1)),
        ("10-sets", static (micro, random) => micro.TenAsync(random, gets: 0)),
        ("set", static (micro, random) => micro.SetAsync(random)),
        ("get+set", static (micro, random) => micro.GetAndSetAsync(random)),
        ("90/10", static (micro, random) =>
            random.Next(WritesOneIn) == 0 ? micro.SetAsync(random) : micro.GetAsync(random)),
        ("range-100-set", static (micro, random) => micro.GetRangeAsync(random, 100)),
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
        var names = only.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var (name, run) in Workloads.Where(each =>
            names.Length == 0 ? each.Name != Long : names.Contains(each.Name)))
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

    // As FoundationDB publishes its figures: ten keys to a transaction, the gets at once.
    private ValueTask TenAsync(Random random, int gets) => database.RunAsync(async transaction =>
    {
        var asked = new Task<byte[]?>[gets];
        for (var number = 0; number < gets; number++)
            asked[number] = transaction.GetAsync(Key(random.Next(Keys))).AsTask();
        foreach (var value in asked)
        {
            if (await value is not { Length: ValueBytes })
                throw new WrongDataException("A key is not there, or has another value.");
        }
        for (var number = gets; number < KeysPerTransaction; number++)
            transaction.Set(Key(random.Next(Keys)), _value);
    });

    private async ValueTask GetRangeAsync(Random random, int rows)
    {
        using var transaction = database.CreateTransaction();
        var first = random.Next(Keys - rows);
        var left = new KeyRange(Key(first), Key(first + rows));
        for (var found = 0; found < rows;)
        {
            var page = await transaction.GetPageAsync(left, new RangeOptions { Mode = StreamingMode.WantAll });
            found += page.Count;
            if (page.Count == 0 || (found < rows && !page.More))
                throw new WrongDataException($"A range of {rows} rows has {found}.");
            left = new KeyRange([.. page[^1].Key.Span, 0], left.End);
        }
    }

    private async ValueTask ReadAllAsync()
    {
        await using var stream = await database.OpenRangeAsync(new KeyRange(Key(0), Key(Keys)));
        var rows = 0;
        while (await stream.ReadAsync())
            rows++;
        if (rows != Keys)
            throw new WrongDataException($"All rows are {Keys}, and {rows} were read.");
    }

    private static byte[] Key(int number)
    {
        var key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(KeyBytes - sizeof(long)), number);
        return key;
    }
}
