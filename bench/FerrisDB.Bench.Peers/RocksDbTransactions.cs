using System.Runtime.InteropServices;
using static FerrisDB.Bench.Peers.RocksDbNative;

namespace FerrisDB.Bench.Peers;

/// <summary>
/// One thread's transactions on an OptimisticTransactionDB, tried again as long as the commit is refused.
/// </summary>
/// <remarks>
/// What is read for an update is tracked and checked at the commit. A transaction that only reads is a snapshot.
/// </remarks>
internal sealed unsafe class RocksDbTransactions(nint database, nint baseDatabase, nint writeOptions)
    : ITransactionSession, IDisposable
{
    private const string Busy = "Resource busy";
    private const string TryAgain = "Operation failed. Try again";

    private readonly nint _options = rocksdb_optimistictransaction_options_create();
    private readonly nint _readOptions = rocksdb_readoptions_create();
    private nint _transaction;

    public ValueTask RunAsync(TransactionPlan plan)
    {
        if (plan.WriteCount == 0)
        {
            ReadOnly(plan);
            return ValueTask.CompletedTask;
        }
        do
        {
            plan.BeginAttempt();
            _transaction = rocksdb_optimistictransaction_begin(database, writeOptions, _options, _transaction);
            for (var read = 0; read < plan.ReadCount; read++)
                ReadForUpdate(plan, read);
            plan.MakeWrites();
            for (var write = 0; write < plan.WriteCount; write++)
                Put(plan.WriteKey(write), plan.WriteValue(write));
        }
        while (!TryCommit());
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        if (_transaction != 0)
            rocksdb_transaction_destroy(_transaction);
        rocksdb_readoptions_destroy(_readOptions);
        rocksdb_optimistictransaction_options_destroy(_options);
    }

    private void ReadOnly(TransactionPlan plan)
    {
        plan.BeginAttempt();
        var snapshot = rocksdb_create_snapshot(baseDatabase);
        rocksdb_readoptions_set_snapshot(_readOptions, snapshot);
        for (var read = 0; read < plan.ReadCount; read++)
        {
            byte* error = null;
            nint found;
            var key = plan.ReadKey(read);
            fixed (byte* keyBytes = key)
                found = rocksdb_get_pinned(baseDatabase, _readOptions, keyBytes, (nuint)key.Length, &error);
            Check(error);
            Take(plan, read, found);
        }
        rocksdb_readoptions_set_snapshot(_readOptions, 0);
        rocksdb_release_snapshot(baseDatabase, snapshot);
    }

    private void ReadForUpdate(TransactionPlan plan, int read)
    {
        byte* error = null;
        nint found;
        var key = plan.ReadKey(read);
        fixed (byte* keyBytes = key)
        {
            found = rocksdb_transaction_get_pinned_for_update(
                _transaction, _readOptions, keyBytes, (nuint)key.Length, exclusive: 1, &error);
        }
        Check(error);
        Take(plan, read, found);
    }

    private static void Take(TransactionPlan plan, int read, nint found)
    {
        nuint length = 0;
        var value = found == 0 ? null : rocksdb_pinnableslice_value(found, &length);
        plan.Take(read, value is not null, new ReadOnlySpan<byte>(value, (int)length));
        if (found != 0)
            rocksdb_pinnableslice_destroy(found);
    }

    private void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        byte* error = null;
        fixed (byte* keyBytes = key, valueBytes = value)
        {
            rocksdb_transaction_put(
                _transaction, keyBytes, (nuint)key.Length, valueBytes, (nuint)value.Length, &error);
        }
        Check(error);
    }

    private bool TryCommit()
    {
        byte* error = null;
        rocksdb_transaction_commit(_transaction, &error);
        if (error is null)
            return true;
        var message = Marshal.PtrToStringUTF8((nint)error)!;
        if (!message.StartsWith(Busy, StringComparison.Ordinal)
            && !message.StartsWith(TryAgain, StringComparison.Ordinal))
            Check(error);
        rocksdb_free(error);
        return false;
    }
}
