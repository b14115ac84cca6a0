namespace FerrisDB.Storage;

/// <summary>Counts bytes and tells whoever wants to know. For one thread at a time.</summary>
internal sealed class ProgressCounter(Action<BackupProgress>? progress, long bytesTotal)
{
    private string _file = "";

    public long BytesDone { get; private set; }

    public void Begin(string file)
    {
        _file = file;
        Add(0);
    }

    public void Add(long bytes)
    {
        BytesDone += bytes;
        progress?.Invoke(new BackupProgress(_file, BytesDone, bytesTotal));
    }
}
