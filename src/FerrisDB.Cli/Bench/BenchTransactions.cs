using System.Buffers.Binary;

namespace FerrisDB.Cli;

/// <summary>The operations of workloads of transactions. Each is run again until it commits.</summary>
internal static class BenchTransactions
{
    private const int KeysPerWrite = 10;
    private const int KeysPerRead = 100;
    private const int Accounts = 100;
    private const long FirstBalance = 1000;

    public static int ReadModifyWrite(BenchWorker worker)
    {
        var number = worker.Uniform();
        return Blocking.Wait(worker.Database.RunAsync(async transaction =>
        {
            worker.Attempts++;
            var value = await transaction.GetAsync(worker.Key(number));
            transaction.Set(worker.Key(number), worker.NextValue());
            return value is null ? 0 : 1;
        }));
    }

    public static int WriteTen(BenchWorker worker) => Blocking.Wait(worker.Database.RunAsync(transaction =>
    {
        worker.Attempts++;
        for (var i = 0; i < KeysPerWrite; i++)
            transaction.Set(worker.Key(worker.Uniform()), worker.NextValue());
        return ValueTask.FromResult(KeysPerWrite);
    }));

    public static int ReadHundred(BenchWorker worker) => Blocking.Wait(worker.Database.ReadAsync(async transaction =>
    {
        worker.Attempts++;
        var found = 0;
        for (var i = 0; i < KeysPerRead; i++)
            found += await transaction.GetAsync(worker.Key(worker.Uniform())) is null ? 0 : 1;
        return found;
    }));

    /// <summary>Moves money between two of a hundred accounts: threads meet at them.</summary>
    public static int Transfer(BenchWorker worker)
    {
        var from = worker.Below(Accounts);
        var to = (from + 1 + worker.Below(Accounts - 1)) % Accounts;
        return Blocking.Wait(worker.Database.RunAsync(async transaction =>
        {
            worker.Attempts++;
            var payer = Balance(await transaction.GetAsync(worker.Account(from)));
            var payee = Balance(await transaction.GetAsync(worker.Account(to)));
            SetBalance(transaction, worker.Account(from), payer - 1);
            SetBalance(transaction, worker.Account(to), payee + 1);
            return 2;
        }));
    }

    private static long Balance(byte[]? value) =>
        value is null ? FirstBalance : BinaryPrimitives.ReadInt64LittleEndian(value);

    private static void SetBalance(Transaction transaction, ReadOnlySpan<byte> account, long balance)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, balance);
        transaction.Set(account, bytes);
    }
}
