using FerrisDB.Storage;
using FerrisDB.Transactions;

namespace FerrisDB.Tests;

/// <summary>
/// Random writes of a transaction into its buffers and into a map of writes: what is committed in the end must be the
/// same, whether and whenever somebody has asked for the map.
/// </summary>
internal sealed class WriteJournalRun(int seed)
{
    private const int KeyCount = 12;

    private readonly Random _random = new(seed);
    private readonly TransactionBuffers _buffers = new(valueSizeLimitBytes: 1_000, keepsJournal: true);

    /// <summary>Says what differs in one of some lives, or null.</summary>
    public string? FirstDifference(int lives)
    {
        for (var life = 0; life < lives; life++)
        {
            if (Live() is { } difference)
                return $"seed {seed}, life {life}: {difference}";
        }
        return null;
    }

    private string? Live()
    {
        var model = new WriteMap(valueSizeLimit: 1_000);
        var asksAt = _random.Next(2) == 0 ? _random.Next(20) : int.MaxValue;
        var writes = _random.Next(20);
        for (var write = 0; write < writes; write++)
        {
            if (write == asksAt && Find(model, Key(_random.Next(KeyCount))) is { } difference)
                return difference;
            Write(model);
            if (_buffers.ApproximateSizeBytes != model.ApproximateSizeBytes)
                return $"{_buffers.ApproximateSizeBytes} bytes instead of {model.ApproximateSizeBytes}";
            if (_buffers.HasAnythingToCommit != model.HasAnythingToCommit)
                return "it is not known whether there is anything to commit";
        }
        var (batch, conflicts) = Committed(model);
        var (journal, written) = _buffers.IsJournal ? Committed() : Committed(_buffers.Writes);
        _buffers.Clear();
        return journal != batch ? $"the batch is {journal} instead of {batch}"
            : written != conflicts ? $"it conflicts with {written} instead of {conflicts}"
            : null;
    }

    private void Write(WriteMap model)
    {
        var key = Key(_random.Next(KeyCount));
        var addsConflict = _random.Next(40) != 0;
        switch (_random.Next(5))
        {
            case 0:
                _buffers.Clear(key, addsConflict);
                model.Clear(key, addsConflict);
                break;
            case 1:
                var end = Key(_random.Next(KeyCount + 1));
                _buffers.ClearRange(key, end, addsConflict);
                model.ClearRange(key, end, addsConflict);
                break;
            default:
                byte[] value = [(byte)_random.Next(256)];
                _buffers.Set(key, value, addsConflict);
                model.Set(key, value, addsConflict);
                break;
        }
    }

    private string? Find(WriteMap model, byte[] key)
    {
        var (found, expected) = (_buffers.Writes.Find(key), model.Find(key));
        if (found.Kind != expected.Kind)
            return $"a read of {Convert.ToHexString(key)} finds {found.Kind} instead of {expected.Kind}";
        var isSame = found.Kind != WriteStateKind.Value
            || _buffers.Writes.ValueOf(found).SequenceEqual(model.ValueOf(expected));
        return isSame ? null : $"a read of {Convert.ToHexString(key)} finds another value";
    }

    private static (string Batch, string Conflicts) Committed(WriteMap map)
    {
        var batch = new WriteBatch();
        var conflicts = new ConflictRanges();
        map.AddTo(batch, conflicts);
        return (Convert.ToHexString(batch.Canonicalize()), Merged(conflicts));
    }

    private (string Batch, string Conflicts) Committed()
    {
        var conflicts = new ConflictRanges();
        var batch = _buffers.Commit.Batch.Canonicalize();
        for (var reader = new BatchReader(batch); reader.TryNext(out var entry);)
        {
            if (entry.Kind == BatchEntryKind.DeleteRange)
                conflicts.Add(entry.Key, entry.End);
            else
                conflicts.AddPoint(entry.Key);
        }
        return (Convert.ToHexString(batch), Merged(conflicts));
    }

    private static string Merged(ConflictRanges ranges) =>
        string.Join(' ', ConflictBoundaries.Of(ranges, []).Select(row => Convert.ToHexString(row.Key)));

    // Some are others with a zero behind them, so that ranges of single keys touch.
    private static byte[] Key(int number) => (number % 3) switch
    {
        0 => [(byte)(number / 3)],
        1 => [(byte)(number / 3), 0],
        _ => [(byte)(number / 3), 7],
    };
}
