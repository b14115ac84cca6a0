using System.Diagnostics.Metrics;
using FerrisDB.Storage;
using static FerrisDB.TestKit.ModelDatabase;

namespace FerrisDB.Tests.Diagnostics;

public sealed class StorageMetricsTests
{
    private readonly Dictionary<string, double> _seen = [];

    [Fact]
    public void Totals_are_those_of_the_statistics()
    {
        using var engine = Open("totals");
        engine.Put("key"u8, "value"u8);
        engine.Delete("other"u8);
        using var listener = Listen(engine.Folder);

        listener.RecordObservableInstruments();

        var statistics = engine.GetStatistics();
        Assert.Equal(statistics.Writes.UserBytes, _seen["ferrisdb.storage.written"]);
        Assert.Equal(statistics.Writes.LogBytes, _seen["ferrisdb.storage.log.written"]);
        Assert.Equal(statistics.Writes.Amplification, _seen["ferrisdb.storage.write.amplification"]);
        Assert.Equal(0, _seen["ferrisdb.storage.tables/6"]);
        Assert.Equal(1, _seen["ferrisdb.storage.space.amplification"]);
    }

    [Fact]
    public async Task Durations_are_recorded_while_somebody_listens()
    {
        await using var engine = Open("durations");
        engine.Put("key"u8, "before"u8, Durability.Sync);
        await engine.FlushAsync();
        using var listener = Listen(engine.Folder);
        Assert.Empty(_seen);

        engine.Put("key"u8, "value"u8, Durability.Sync);
        await engine.CompactAsync();

        Assert.True(_seen["ferrisdb.storage.sync.duration"] >= 0);
        Assert.True(_seen["ferrisdb.storage.flush.duration"] >= 0);
        Assert.True(_seen["ferrisdb.storage.compaction.duration"] >= 0);
        Assert.DoesNotContain("ferrisdb.storage.stall.duration", _seen.Keys);
    }

    [Fact]
    public void A_closed_engine_tells_nothing_more()
    {
        var engine = Open("closed");
        using var listener = Listen(engine.Folder);
        engine.Dispose();

        listener.RecordObservableInstruments();

        Assert.DoesNotContain("ferrisdb.storage.written", _seen.Keys);
    }

    private static StorageEngine Open(string folder) =>
        StorageEngine.Open("metrics-" + folder, new StorageOptions { FileSystem = new MemoryFileSystem() });

    // Other tests have engines of their own at the same time: only this folder counts.
    private MeterListener Listen(string folder)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == StorageMetrics.MeterName)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => Add(folder, instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(folder, instrument, value, tags));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => Add(folder, instrument, value, tags));
        listener.Start();
        return listener;
    }

    private void Add(
        string folder, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if ((string)tags[0].Value! != folder)
            return;
        lock (_seen)
            _seen[tags.Length == 1 ? instrument.Name : $"{instrument.Name}/{tags[1].Value}"] = value;
    }
}
