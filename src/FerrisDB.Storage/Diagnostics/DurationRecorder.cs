using System.Diagnostics.Metrics;

namespace FerrisDB.Storage;

/// <summary>Measures how long something takes, if anybody wants to know.</summary>
internal sealed class DurationRecorder(
    Histogram<double> histogram, KeyValuePair<string, object?> tag, TimeProvider timeProvider)
{
    /// <summary>The time now, or 0 if nobody listens.</summary>
    public long Start() => histogram.Enabled ? timeProvider.GetTimestamp() : 0;

    /// <param name="startedAt">What <see cref="Start"/> returned; 0 records nothing.</param>
    public void Record(long startedAt)
    {
        if (startedAt != 0)
            histogram.Record(timeProvider.GetElapsedTime(startedAt).TotalSeconds, tag);
    }
}
