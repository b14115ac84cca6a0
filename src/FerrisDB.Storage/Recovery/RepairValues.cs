namespace FerrisDB.Storage;

/// <summary>Collects, while a table is scanned, which of its values in damaged blobs are lost.</summary>
internal sealed class RepairValues(RepairBlobs blobs)
{
    private readonly List<RepairLoss> _losses = [];
    private bool _isInRun;

    /// <summary>True if the table refers to a damaged blob: it must be written anew.</summary>
    public bool RefersToDamage { get; private set; }

    /// <summary>Values that cannot be read any more.</summary>
    public long LostCount { get; private set; }

    /// <summary>Neighbours that are lost together are one loss.</summary>
    public IReadOnlyList<RepairLoss> Losses => _losses;

    public void Visit(ReadOnlySpan<byte> key, long version, BlobReference reference)
    {
        if (blobs.IsWhole(reference.FileNumber))
        {
            _isInRun = false;
            return;
        }
        RefersToDamage = true;
        if (blobs.TryRead(key, version, reference) is not null)
        {
            _isInRun = false;
            return;
        }
        LostCount++;
        Lose(key, version, FileNames.Blob(reference.FileNumber));
    }

    private void Lose(ReadOnlySpan<byte> key, long version, string file)
    {
        byte[] end = [.. key, 0];
        if (_isInRun && _losses[^1] is var last && last.File == file)
        {
            _losses[^1] = last with
            {
                End = end,
                OldestVersion = Math.Min(last.OldestVersion, version),
                NewestVersion = Math.Max(last.NewestVersion, version),
                Count = last.Count + 1,
            };
            return;
        }
        _isInRun = true;
        _losses.Add(new RepairLoss
        {
            Kind = RepairLossKind.Entries,
            File = file,
            Begin = key.ToArray(),
            End = end,
            OldestVersion = version,
            NewestVersion = version,
            Count = 1,
        });
    }
}
