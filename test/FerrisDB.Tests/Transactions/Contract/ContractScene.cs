using System.Text;
using FerrisDB.Storage;
using Microsoft.Extensions.Time.Testing;

namespace FerrisDB.Tests.Transactions;

// The tests beside this file are FoundationDB's contract of transactions as this project understands it, one class for
// each part of it, from limits to options: what a call does, what it fails with, and what it conflicts with. They are
// examples, to be read. That nothing between them is wrong is what the random tests look for: HistoryTests,
// ApiFuzzTests, WriteDuringReadTests.

/// <summary>
/// A database in memory with a clock that stands still, where retries wait for nothing and nothing times out.
/// </summary>
internal sealed class ContractScene : IDisposable
{
    public ContractScene() => Database = Database.OpenInMemory(new DatabaseOptions
    {
        Seed = 1,
        MaxRetryDelay = TimeSpan.Zero,
        TransactionTimeout = TimeSpan.Zero,
        Storage = new StorageOptions { TimeProvider = Clock },
    });

    public FakeTimeProvider Clock { get; } = new();

    public Database Database { get; }

    public CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The code of what a call failed with, or null.</summary>
    public static async Task<int?> CodeAsync(Task call)
    {
        try
        {
            await call;
            return null;
        }
        catch (FerrisException error)
        {
            return (int)error.Code;
        }
    }

    public static async Task<int?> CodeAsync(ValueTask call) => await CodeAsync(call.AsTask());

    /// <summary>Bytes as they stand there: one for each character.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    public static string? TextOrNull(byte[]? bytes) => bytes is null ? null : Text(bytes);

    public Transaction Begin(params ReadOnlySpan<TransactionOption> options)
    {
        var transaction = Database.CreateTransaction();
        foreach (var option in options)
            transaction.SetOption(option);
        return transaction;
    }

    /// <summary>Runs calls, see <see cref="ContractCalls"/>, in a transaction of their own, and commits it.</summary>
    public async Task RunAsync(params string[] calls) => await Database.RunAsync(
        async transaction =>
        {
            foreach (var call in calls)
                await ContractCalls.RunAsync(transaction, call);
        },
        Cancellation);

    public async Task<string?> ReadAsync(string key) =>
        TextOrNull(await Database.ReadAsync(reader => reader.GetAsync(Bytes(key)), Cancellation));

    /// <summary>Waits for a watch, or for something else that comes by itself; a test must not wait for ever.</summary>
    public Task ComesAsync(Task task) => task.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

    /// <summary>Lets the second pass that a read at a version to come waits for, and ends with it.</summary>
    public async Task LetTimePassAsync(Task task)
    {
        // Who waits looks at the clock in short steps, and has to come to each of them.
        while (!task.IsCompleted)
        {
            Cancellation.ThrowIfCancellationRequested();
            Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }
    }

    public void Dispose() => Database.Dispose();
}
