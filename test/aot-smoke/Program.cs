using System.Diagnostics;
using FerrisDB;
using FerrisDB.Layers;
using FerrisDB.Storage;

// Compiled ahead of time, with no warning about what trimming might have removed: writes, closes, opens, reads, and
// runs transactions.
// Compressed blocks and every codec are reached by a compaction to the bottom level.
const int EntryCount = 10_000;
var folder = args.Length > 0 ? args[0] : throw new ArgumentException("usage: AotSmoke FOLDER");
var sinceStart = DateTime.Now - Process.GetCurrentProcess().StartTime;
Console.WriteLine($"main reached {sinceStart.TotalMilliseconds:F0} ms after start");

var codecs = new StorageOptions { CompressionPerLevel = [Compression.Lz4, Compression.Zstd] };
using (var database = StorageEngine.Open(folder, codecs))
{
    var batch = new WriteBatch();
    for (var number = 0; number < EntryCount; number++)
        batch.Put(Key(number), Value(number));
    database.Write(batch);
    await database.FlushAsync();
    await database.CompactAsync();
}

var begun = Stopwatch.GetTimestamp();
using var reopened = StorageEngine.Open(folder, new StorageOptions { ReadOnly = true });
Console.WriteLine($"opened again in {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:F0} ms");

var right = Enumerable.Range(0, EntryCount)
    .Count(number => reopened.Get(Key(number)) is { } value && value.AsSpan().SequenceEqual(Value(number)));
Console.WriteLine($"{right} of {EntryCount} entries are right");
var sum = await AddUpAsync();
Console.WriteLine($"transactions added up to {sum}");
return right == EntryCount && sum == 10 ? 0 : 1;

// Tuples, atomic operations, retries and a range, in a database in memory.
static async Task<long> AddUpAsync()
{
    await using var database = Database.OpenInMemory();
    var counters = new Subspace("counters");
    foreach (var number in Enumerable.Range(1, 4))
        await database.RunAsync(transaction => transaction.Add(counters.Pack("n", number % 2), number));
    return await database.ReadAsync(async transaction =>
    {
        var total = 0L;
        await foreach (var row in transaction.GetRange(counters.Range()))
            total += BitConverter.ToInt64(row.Value.Span);
        return total;
    });
}

static byte[] Key(int number) => System.Text.Encoding.ASCII.GetBytes($"key/{number:D8}");

static byte[] Value(int number) => System.Text.Encoding.ASCII.GetBytes($"value {number} {new string('.', 80)}");
