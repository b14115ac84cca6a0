using System.Buffers.Binary;
using System.Diagnostics;
using FerrisDB.Storage;
using HdrHistogram;

namespace FerrisDB.Bench;

/// <summary>What a server answers in a second to a client that keeps so many requests outstanding.</summary>
/// <remarks>
/// Each request is a transaction of its own. The server runs beside it, `ferrisdb serve`, and shares the machine.
/// </remarks>
internal sealed class RemoteMicro(Database database, double seconds, TextWriter writer)
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

    public static async Task RunAsync(
        string cluster, int[] outstanding, double seconds, string only, Durability durability, TextWriter writer)
    {
        await using var database = Database.Connect(cluster, new DatabaseOptions
        {
            Storage = new StorageOptions { Durability = durability },
        });
        var micro = new RemoteMicro(database, seconds, writer);
        await micro.LoadAsync();
        writer.WriteLine($"{"workload",-14} {"at once",8} {"per second",12} {"p50 ms",9} {"p99 ms",9}");
        foreach (var (name, run) in Workloads.Where(each => each.Name.Contains(only, StringComparison.Ordinal)))
        {
            foreach (var count in outstanding)
                await micro.MeasureAsync(name, count, run);
        }
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

    private async Task MeasureAsync(string name, int count, Func<RemoteMicro, Random, ValueTask> run)
    {
        await MeasureAsync(count, 0.3, run, new LongHistogram(10_000_000_000, 3));
        var latencies = new LongHistogram(10_000_000_000, 3);
        var (requests, elapsed) = await MeasureAsync(count, seconds, run, latencies);
        var p50 = latencies.GetValueAtPercentile(50) / 1e6;
        var p99 = latencies.GetValueAtPercentile(99) / 1e6;
        writer.WriteLine($"{name,-14} {count,8:N0} {requests / elapsed,12:N0} {p50,9:0.000} {p99,9:0.000}");
        writer.Flush();
    }

    private async Task<(long Requests, double Seconds)> MeasureAsync(
        int count, double length, Func<RemoteMicro, Random, ValueTask> run, LongHistogram latencies)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, count).Select(seed => LoopAsync(seed)));
        return (counts.Sum(), Stopwatch.GetElapsedTime(start).TotalSeconds);

        async Task<long> LoopAsync(int seed)
        {
            var random = new Random(seed);
            for (var requests = 0L; ; requests++)
            {
                var begun = Stopwatch.GetTimestamp();
                if (Stopwatch.GetElapsedTime(start, begun).TotalSeconds >= length)
                    return requests;
                await run(this, random);
                // Not every one: the histogram has one lock.
                if (count < 64 || requests % 8 == 0)
                {
                    lock (latencies)
                        latencies.RecordValue((long)Stopwatch.GetElapsedTime(begun).TotalNanoseconds);
                }
            }
        }
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
