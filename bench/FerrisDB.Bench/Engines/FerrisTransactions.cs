using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace FerrisDB.Bench;

/// <summary>One caller of a FerrisDB database: a function that the database runs until it commits.</summary>
/// <remarks>
/// The functions are kept, as a careful caller keeps them: a lambda that captures costs 100 bytes a transaction more.
/// </remarks>
internal sealed class FerrisTransactions : ITransactionSession
{
    private readonly Database _database;
    private readonly Func<Transaction, ValueTask> _update;
    private readonly Func<IReadTransaction, ValueTask<bool>> _read;
    private readonly Action<Transaction> _write;
    private readonly ArrayBufferWriter<byte> _value = new();

    // Of the transaction that runs.
    private TransactionPlan _plan = null!;

    public FerrisTransactions(Database database)
    {
        _database = database;
        _update = UpdateAsync;
        _read = ReadAsync;
        _write = Write;
    }

    public bool Blocks => false;

    public ValueTask RunAsync(TransactionPlan plan)
    {
        _plan = plan;
        if (plan.WriteCount == 0)
            return Ended(_database.ReadAsync(_read));
        return plan.ReadCount == 0 ? _database.RunAsync(_write) : _database.RunAsync(_update);
    }

    public bool TryClearRange(ReadOnlySpan<byte> begin, ReadOnlySpan<byte> end)
    {
        using var transaction = _database.CreateTransaction();
        transaction.ClearRange(begin, end);
        transaction.CommitAsync().AsTask().GetAwaiter().GetResult();
        return true;
    }

    public IDisposable OpenInMemory() => Database.OpenInMemory();

    private static ValueTask Ended(ValueTask<bool> reading)
    {
        if (!reading.IsCompletedSuccessfully)
            return new ValueTask(reading.AsTask());
        _ = reading.Result;
        return ValueTask.CompletedTask;
    }

    private async ValueTask UpdateAsync(Transaction transaction)
    {
        await ReadAsync(transaction);
        Put(transaction);
    }

    [SuppressMessage("Performance", "CA1859", Justification = "It is a function of ReadAsync as well.")]
    private async ValueTask<bool> ReadAsync(IReadTransaction transaction)
    {
        _plan.BeginAttempt();
        for (var read = 0; read < _plan.ReadCount; read++)
        {
            // As every engine here, into memory of the caller's.
            _value.ResetWrittenCount();
            var isPresent = await transaction.TryGetAsync(_plan.ReadKey(read), _value);
            _plan.Take(read, isPresent, _value.WrittenSpan);
        }
        return true;
    }

    private void Write(Transaction transaction)
    {
        _plan.BeginAttempt();
        Put(transaction);
    }

    private void Put(Transaction transaction)
    {
        _plan.MakeWrites();
        for (var write = 0; write < _plan.WriteCount; write++)
            transaction.Set(_plan.WriteKey(write), _plan.WriteValue(write));
    }
}
