using System.Globalization;
using System.Text;

namespace FerrisDB.Tests.Transactions;

// Each import sets all keys to a generation of its own, and zero. Transactions between them read a key and add one to
// what they found in it. So in one view all keys have one generation: an older one that shows up beside it was read
// before an import and written after it, which is the conflict that the transaction should have had.

/// <summary>Imports over keys that others read and write: what must hold of every view.</summary>
internal sealed class ImportHistory(Database importer, Database writer, int seed)
{
    private const int Keys = 8;
    private const int Generations = 40;
    private const int Writers = 3;

    private volatile bool _isOver;

    /// <summary>Transactions that had a conflict.</summary>
    public int Conflicts { get; private set; }

    /// <summary>Runs all of it, and fails at the first view that is wrong.</summary>
    public async Task RunAsync()
    {
        await ImportAsync(0);
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(each => WriteAsync(new Random(seed + each))));
        try
        {
            for (var generation = 1; generation <= Generations; generation++)
            {
                await ImportAsync(generation);
                await CheckAsync(generation);
            }
        }
        finally
        {
            _isOver = true;
            await writing;
        }
        await CheckAsync(Generations);
    }

    private async Task ImportAsync(int generation)
    {
        await using var import = await importer.BeginSortedImportAsync();
        for (var key = 0; key < Keys; key++)
            await import.AddAsync(KeyOf(key), ValueOf(generation, 0));
        await import.CommitAsync();
    }

    private async Task WriteAsync(Random random)
    {
        await Task.Yield();
        while (!_isOver)
        {
            using var transaction = writer.CreateTransaction();
            var from = KeyOf(random.Next(Keys));
            var (generation, count) = Read(await transaction.GetAsync(from));
            // Whoever runs between the two makes the read old.
            await writer.ReadAsync(t => t.GetReadVersionAsync());
            transaction.Set(KeyOf(random.Next(Keys)), ValueOf(generation, count + 1));
            try
            {
                await transaction.CommitAsync();
            }
            catch (FerrisException conflict) when (conflict.Code == ErrorCode.NotCommitted)
            {
                Conflicts++;
            }
        }
    }

    private async Task CheckAsync(int generation)
    {
        var rows = await importer.ReadAsync(t => t.GetRangeAsync(new KeyRange(KeyOf(0), KeyOf(Keys))));
        Assert.Equal(Keys, rows.Count);
        Assert.All(rows, row => Assert.Equal(generation, Read(row.Value.ToArray()).Generation));
    }

    private static byte[] KeyOf(int key) => [(byte)'k', (byte)('0' + key)];

    private static byte[] ValueOf(int generation, int count) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{generation}:{count}"));

    private static (int Generation, int Count) Read(byte[]? value)
    {
        var parts = Encoding.ASCII.GetString(value!).Split(':');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
