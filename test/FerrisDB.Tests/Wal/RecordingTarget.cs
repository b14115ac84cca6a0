using FerrisDB.Storage;

namespace FerrisDB.Tests.Wal;

/// <summary>A commit target that remembers what it was told, and finds fault with the order of it.</summary>
internal sealed class RecordingTarget : ICommitTarget
{
    private readonly Lock _gate = new();
    private long _published;

    /// <summary>Versions in the order in which they were applied.</summary>
    public List<long> Applied { get; } = [];

    /// <summary>What contradicts the contract of <see cref="ICommitTarget"/>.</summary>
    public List<string> Faults { get; } = [];

    public List<Exception> Failures { get; } = [];

    public long Published => Volatile.Read(ref _published);

    /// <summary>What prepare waits for.</summary>
    public Func<ValueTask> Prepare { get; set; } = () => default;

    /// <summary>Called with each version that is published, before anybody can see it.</summary>
    public Action<long> Publishing { get; set; } = _ => { };

    public ValueTask PrepareAsync(int entries, long bytes) => Prepare();

    public void Apply(long version, ReadOnlySpan<byte> payload, int entries)
    {
        lock (_gate)
        {
            if (Applied.Count > 0 && version <= Applied[^1])
                Faults.Add($"applied {version} after {Applied[^1]}");
            if (BatchFormat.ReadCount(payload) != entries)
                Faults.Add($"{entries} entries announced for {version}, {BatchFormat.ReadCount(payload)} are there");
            Applied.Add(version);
        }
    }

    public void Publish(long version)
    {
        lock (_gate)
        {
            Publishing(version);
            if (version <= _published)
                Faults.Add($"published {version} after {_published}");
            if (Applied.Count == 0 || version > Applied[^1])
                Faults.Add($"published {version} before it was applied");
            _published = version;
        }
    }

    public void Fail(Exception failure)
    {
        lock (_gate)
            Failures.Add(failure);
    }
}
