using System.Buffers.Text;

namespace FerrisDB.Cli;

/// <summary>
/// One thread of a benchmark: its random numbers, its buffers, and the operations that workloads are made of.
/// </summary>
/// <remarks>For one thread. Every operation returns how many entries it touched.</remarks>
internal sealed class BenchWorker : IDisposable
{
    private const int KeyBytes = 16;
    private const int ValuePoolBytes = 1 << 20;
    private const byte Zero = (byte)'0';

    private readonly BenchStore _store;
    private readonly BenchSettings _settings;
    private readonly ZipfianKeys _zipfian;
    private readonly Random _random;
    private readonly WriteBatch _batch = new();
    private readonly byte[] _key = new byte[KeyBytes + 1];
    private readonly byte[] _values = new byte[ValuePoolBytes];
    private readonly byte[] _value;
    private Cursor? _cursor;
    private int _valueAt;

    public BenchWorker(BenchStore store, BenchSettings settings, ZipfianKeys zipfian, int number)
    {
        _store = store;
        _settings = settings;
        _zipfian = zipfian;
        _value = new byte[settings.ValueBytes];
        _random = new Random(settings.Seed + number);
        Number = number;
        // Half of each value can be compressed away, as in db_bench.
        _random.NextBytes(_values);
        for (var at = 0; at < _values.Length; at += 2)
            _values[at] = Zero;
    }

    /// <summary>Of the thread, from 0.</summary>
    public int Number { get; }

    public LatencyHistogram Latencies { get; } = new();

    /// <summary>Operations done. Written by this thread, read by the one that reports.</summary>
    public long Done { get; set; }

    /// <summary>Transactions tried; those that are not done had a conflict.</summary>
    public long Attempts { get; set; }

    public Database Database => _store.Database;

    /// <summary>Entries that the operations touched.</summary>
    public long Touched { get; set; }

    /// <summary>The thread's i-th key of all in order.</summary>
    public long Sequential(long i) => (i * _settings.Threads) + Number;

    public long Uniform() => _random.NextInt64(_settings.Entries);

    public long Zipfian() => _zipfian.Pick(_random.NextDouble());

    /// <summary>A key behind all that there were, the thread's i-th.</summary>
    public long Inserted(long i) => _settings.Entries + Sequential(i);

    /// <summary>A key of the end, the last ones often.</summary>
    public long Latest() =>
        Math.Max(0, _settings.Entries - 1 - (long)(_settings.Entries * Math.Pow(_random.NextDouble(), 8)));

    public int Below(int limit) => _random.Next(limit);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public int Put(long number, Durability? durability = null)
    {
        _store.Engine.Put(Key(number), NextValue(), durability ?? _settings.Durability);
        return 1;
    }

    public int PutBatch(int count)
    {
        _batch.Clear();
        for (var i = 0; i < count; i++)
            _batch.Put(Key(Uniform()), NextValue());
        _store.Engine.Write(_batch, _settings.Durability);
        return count;
    }

    public int Delete(long number)
    {
        _store.Engine.Delete(Key(number), _settings.Durability);
        return 1;
    }

    public int Get(long number) => _store.Engine.TryRead(Key(number), _value, out _) ? 1 : 0;

    public int GetMissing(long number)
    {
        Key(number);
        _key[KeyBytes] = (byte)'.';
        return _store.Engine.TryRead(_key, _value, out _) ? 1 : 0;
    }

    public int Scan(long number, int count, bool isForward)
    {
        using var cursor = _store.Engine.OpenCursor();
        var touched = 0;
        var isValid = isForward ? cursor.Seek(Key(number)) : cursor.SeekBefore(Key(number));
        for (; isValid && touched < count; isValid = isForward ? cursor.Next() : cursor.Previous())
            touched += cursor.Value.Length > 0 ? 1 : 0;
        return touched;
    }

    /// <summary>One step of a cursor over everything, which begins again at the end.</summary>
    public int Step(bool isForward)
    {
        var cursor = _cursor ??= _store.Engine.OpenCursor();
        var isValid = cursor.IsValid && (isForward ? cursor.Next() : cursor.Previous());
        if (!isValid)
            isValid = isForward ? cursor.SeekToFirst() : cursor.SeekToLast();
        return isValid && cursor.Value.Length >= 0 ? 1 : 0;
    }

    /// <summary>The key of a number, valid until the next one is asked for.</summary>
    public ReadOnlySpan<byte> Key(long number)
    {
        var key = _key.AsSpan(0, KeyBytes);
        Utf8Formatter.TryFormat(number, key, out _, new System.Buffers.StandardFormat('D', KeyBytes));
        return key;
    }

    /// <summary>The key of an account, which is no number's.</summary>
    public ReadOnlySpan<byte> Account(long number)
    {
        Key(number);
        _key[KeyBytes] = (byte)'$';
        return _key;
    }

    public ReadOnlySpan<byte> NextValue()
    {
        _valueAt = _valueAt + _settings.ValueBytes <= ValuePoolBytes ? _valueAt : 0;
        var value = _values.AsSpan(_valueAt, _settings.ValueBytes);
        _valueAt += Math.Max(1, _settings.ValueBytes);
        return value;
    }

    public void Dispose() => _cursor?.Dispose();
}
