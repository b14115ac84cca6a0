using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FerrisDB.Tests.Telemetry;

/// <summary>What the meter "FerrisDB" tells of one database.</summary>
internal sealed class Measurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measurement> _all = [];

    /// <param name="folder">Whose measurements; other tests run at the same time.</param>
    public Measurements(string folder)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "FerrisDB")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var byName = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (folder.Equals(byName.GetValueOrDefault("db.namespace")))
                _all.Enqueue(new Measurement(instrument.Name, value, byName));
        }
    }

    public IEnumerable<Measurement> Of(string instrument) => _all.Where(each => each.Instrument == instrument);

    public double Sum(string instrument) => Of(instrument).Sum(each => each.Value);

    public void Dispose() => _listener.Dispose();

    internal sealed record Measurement(string Instrument, double Value, Dictionary<string, object?> Tags);
}
