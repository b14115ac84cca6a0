using System.Buffers.Binary;
using System.Diagnostics;

namespace FerrisDB.Bench;

// In a hundred transactions: 55 gets, 30 of a get, a set and a count, 10 sets, 5 ranges of up to 100 rows.
// Each value begins with the number of its key, and whatever is read is checked. What was counted is checked at the
// end: each commit that was acknowledged must be there, once.

/// <summary>One of the loops that use a server in a soak: a transaction at a time.</summary>
internal sealed class ServerSoakClient(Database database, int number, int keys)
{
    private const int KeyBytes = 16;
    private const int ValueBytes = 100;
    private const int KeysPerLoad = 1000;
    private const int RangeRowsMax = 100;

    private readonly Random _random = new(number);
    private readonly Lock _gate = new();
    private SoakWindow _window = new(); // under the gate
    private long _counted;

    /// <summary>Writes all keys.</summary>
    public static async Task LoadAsync(Database database, int keys)
    {
        for (var first = 0; first < keys; first += KeysPerLoad)
        {
            await database.RunAsync(transaction =>
            {
                for (var key = first; key < Math.Min(first + KeysPerLoad, keys); key++)
                    transaction.Set(Key(key), Value(key));
            });
        }
    }

    public async Task RunAsync(Pace pace, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var begun = await pace.NextAsync();
            await DoAsync();
            var elapsed = Stopwatch.GetElapsedTime(begun);
            lock (_gate)
            {
                _window.Record(elapsed);
                _window.Operations++;
            }
        }
    }

    /// <summary>What it did since it was asked last.</summary>
    public SoakWindow Take()
    {
        lock (_gate)
        {
            var taken = _window;
            _window = new SoakWindow();
            return taken;
        }
    }

    /// <summary>Throws if something that was acknowledged is missing, or is there twice.</summary>
    public async Task CheckAsync()
    {
        var found = await database.ReadAsync(reads => reads.GetAsync(Counter));
        var count = found is null ? 0 : BitConverter.ToInt64(found);
        if (count != _counted)
            throw new WrongDataException($"Client {number} has counted {_counted} commits, and {count} are there.");
    }

    private byte[] Counter => [0xfe, .. BitConverter.GetBytes(number)];

    private async ValueTask DoAsync()
    {
        var key = _random.Next(keys);
        switch (_random.Next(100))
        {
            case < 55:
                Check(key, await database.ReadAsync(reads => reads.GetAsync(Key(key))));
                return;
            case < 85:
                await database.RunAsync(async transaction =>
                {
                    Check(key, await transaction.GetAsync(Key(key)));
                    transaction.Set(Key(key), Value(key));
                    transaction.Add(Counter, 1);
                });
                _counted++;
                return;
            case < 95:
                await database.RunAsync(transaction => transaction.Set(Key(key), Value(key)));
                return;
            default:
                var rows = 1 + _random.Next(RangeRowsMax);
                var last = Math.Min(key + rows, keys);
                var range = new KeyRange(Key(key), Key(last));
                var found = await database.ReadAsync(reads => reads.GetRangeAsync(range));
                if (found.Count != last - key)
                    throw new WrongDataException($"A range of {last - key} rows had {found.Count}.");
                return;
        }
    }

    private static void Check(int key, byte[]? value)
    {
        if (value is not { Length: ValueBytes } || BinaryPrimitives.ReadInt64BigEndian(value) != key)
            throw new WrongDataException($"Key {key} is not there, or has another one's value.");
    }

    private static byte[] Key(int number)
    {
        var key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt64BigEndian(key.AsSpan(KeyBytes - sizeof(long)), number);
        return key;
    }

    private static byte[] Value(int number)
    {
        var value = new byte[ValueBytes];
        BinaryPrimitives.WriteInt64BigEndian(value, number);
        return value;
    }
}
