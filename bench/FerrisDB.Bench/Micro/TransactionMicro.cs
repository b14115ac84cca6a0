using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace FerrisDB.Bench;

/// <summary>A transaction of one set, in memory, from its creation to its commit: with listeners and without.</summary>
internal sealed class TransactionMicro(int rounds, TextWriter writer)
{
    private const int TransactionsPerRound = 100_000;
    private const int WarmUpMs = 500;

    private readonly byte[] _value = new byte[100];

    public static void Run(int rounds, TextWriter writer) => new TransactionMicro(rounds, writer).RunAll();

    private void RunAll()
    {
        // Together, round by round, so that both meet the same machine.
        using var database = Database.OpenInMemory();
        var names = new[] { "nobody listens", "a meter listens", "meter and activities" };
        var nanoseconds = names.Select(_ => new double[rounds]).ToArray();
        var bytes = new double[names.Length];
        for (var round = -1; round < rounds; round++)
        {
            for (var kind = 0; kind < names.Length; kind++)
            {
                using var meter = kind > 0 ? Listen() : null;
                using var activities = kind > 1 ? Trace() : null;
                for (var start = Stopwatch.GetTimestamp();
                    round < 0 && Stopwatch.GetElapsedTime(start).TotalMilliseconds < WarmUpMs;)
                    Commit(database, 1_000);
                var allocated = GC.GetAllocatedBytesForCurrentThread();
                var begun = Stopwatch.GetTimestamp();
                Commit(database, TransactionsPerRound);
                if (round < 0)
                    continue;
                nanoseconds[kind][round] = Stopwatch.GetElapsedTime(begun).TotalNanoseconds / TransactionsPerRound;
                bytes[kind] = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)TransactionsPerRound;
            }
        }
        for (var kind = 0; kind < names.Length; kind++)
        {
            Array.Sort(nanoseconds[kind]);
            writer.WriteLine(
                $"set and commit, {names[kind],-24}{nanoseconds[kind][rounds / 2],8:F0} ns   "
                + $"{nanoseconds[kind][0]:F0}..{nanoseconds[kind][^1]:F0}   {bytes[kind]:F0} B");
        }
    }

    private void Commit(Database database, int count)
    {
        Span<byte> key = stackalloc byte[sizeof(int)];
        for (var index = 0; index < count; index++)
        {
            using var transaction = database.CreateTransaction();
            BinaryPrimitives.WriteInt32BigEndian(key, index % 1_000);
            transaction.Set(key, _value);
            // In memory it completes at once.
            transaction.CommitAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "FerrisDB")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.SetMeasurementEventCallback<double>(static (_, _, _, _) => { });
        listener.Start();
        return listener;
    }

    private static ActivityListener Trace()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "FerrisDB",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
