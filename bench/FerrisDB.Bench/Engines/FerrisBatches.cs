using FerrisDB.Storage;

namespace FerrisDB.Bench;

/// <summary>
/// What the storage engine alone does with the same keys: gets of the newest values, then one batch. It is no
/// transaction, for nothing isolates it; it is the ceiling of what is built on it.
/// </summary>
internal sealed class FerrisBatches(StorageEngine engine, int valueLength) : ITransactionSession
{
    private readonly WriteBatch _batch = new();
    private readonly byte[] _found = new byte[valueLength];

    public bool IsUnisolated => true;

    public ValueTask RunAsync(TransactionPlan plan)
    {
        plan.BeginAttempt();
        for (var read = 0; read < plan.ReadCount; read++)
        {
            var isPresent = engine.TryRead(plan.ReadKey(read), _found, out var length);
            plan.Take(read, isPresent, _found.AsSpan(0, isPresent ? length : 0));
        }
        if (plan.WriteCount == 0)
            return ValueTask.CompletedTask;
        plan.MakeWrites();
        _batch.Clear();
        for (var write = 0; write < plan.WriteCount; write++)
            _batch.Put(plan.WriteKey(write), plan.WriteValue(write));
        engine.Write(_batch);
        return ValueTask.CompletedTask;
    }

    public bool TryClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        engine.DeleteRange(begin, end);
        return true;
    }
}
