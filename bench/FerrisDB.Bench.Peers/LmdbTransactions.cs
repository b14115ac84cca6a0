using static FerrisDB.Bench.Peers.LmdbNative;

namespace FerrisDB.Bench.Peers;

/// <summary>One thread's transactions on LMDB: those that write come one after the other, none fails.</summary>
internal sealed unsafe class LmdbTransactions(nint environment, uint database, nint readTransaction)
    : ITransactionSession
{
    public ValueTask RunAsync(TransactionPlan plan)
    {
        plan.BeginAttempt();
        if (plan.WriteCount == 0)
        {
            Check(mdb_txn_renew(readTransaction));
            Read(readTransaction, plan);
            mdb_txn_reset(readTransaction);
            return ValueTask.CompletedTask;
        }
        nint transaction;
        Check(mdb_txn_begin(environment, 0, 0, &transaction));
        Read(transaction, plan);
        plan.MakeWrites();
        for (var write = 0; write < plan.WriteCount; write++)
            Put(transaction, plan.WriteKey(write), plan.WriteValue(write));
        Check(mdb_txn_commit(transaction));
        return ValueTask.CompletedTask;
    }

    private void Read(nint transaction, TransactionPlan plan)
    {
        for (var read = 0; read < plan.ReadCount; read++)
        {
            var key = plan.ReadKey(read);
            Value found;
            int result;
            fixed (byte* keyBytes = key)
            {
                var keyValue = new Value(keyBytes, key.Length);
                result = mdb_get(transaction, database, &keyValue, &found);
            }
            if (result != NotFound)
                Check(result);
            plan.Take(read, result == 0, result == 0 ? found.Span : default);
        }
    }

    private void Put(nint transaction, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        fixed (byte* keyBytes = key, valueBytes = value)
        {
            var keyValue = new Value(keyBytes, key.Length);
            var valueValue = new Value(valueBytes, value.Length);
            Check(mdb_put(transaction, database, &keyValue, &valueValue, 0));
        }
    }
}
