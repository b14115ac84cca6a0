namespace FerrisDB.Native;

/// <summary>What an <c>FDBCluster*</c> of old programs stands for: a cluster file to open databases by.</summary>
/// <param name="path">The file; null or empty to look for it.</param>
internal sealed class ClusterHandle(string? path)
{
    public string? Path => path;
}
