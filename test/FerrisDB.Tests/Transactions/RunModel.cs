namespace FerrisDB.Tests.Transactions;

/// <summary>
/// Runs that conflict with others, that are kept and used when they are over, and beside them what must come of it.
/// </summary>
internal sealed class RunModel : IDisposable
{
    private const int Keys = 4;

    private readonly Random _random;
    private readonly Database _database = Database.OpenInMemory(
        new DatabaseOptions { MaxRetryDelay = TimeSpan.Zero });

    private readonly int[] _counts = new int[Keys];
    private readonly List<Transaction> _kept = [];

    public RunModel(int seed) => _random = new Random(seed);

    public void Dispose() => _database.Dispose();

    /// <summary>What is not as it should be, or null.</summary>
    public async Task<string?> FirstDifferenceAsync(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            try
            {
                await IncrementAsync(_random.Next(Keys), conflicts: _random.Next(3), keeps: _random.Next(4) == 0);
            }
            catch (FerrisException error)
            {
                return $"step {step}: {error.Message}";
            }
            UseKept();
            for (var key = 0; key < Keys; key++)
            {
                var count = await _database.ReadAsync(reading => CountAsync(reading, key));
                if (count != _counts[key])
                    return $"step {step}: key {key} was incremented {_counts[key]} times and is {count}";
            }
        }
        return null;
    }

    private async Task IncrementAsync(int key, int conflicts, bool keeps)
    {
        await _database.RunAsync(async transaction =>
        {
            var count = await CountAsync(transaction, key);
            // Somebody else is faster.
            if (conflicts-- > 0)
                await IncrementAsync(key, conflicts: 0, keeps);
            transaction.Set([(byte)key], [(byte)(count + 1)]);
            if (keeps)
                _kept.Add(transaction);
        });
        _counts[key]++;
    }

    // None of this is anybody's any more.
    private void UseKept()
    {
        foreach (var over in _kept)
        {
            over.Set([(byte)_random.Next(Keys)], [255]);
            over.ClearRange([], [255]);
            over.Dispose();
        }
    }

    private static async ValueTask<int> CountAsync(IReadTransaction reading, int key) =>
        await reading.GetAsync([(byte)key]) is [var count] ? count : 0;
}
